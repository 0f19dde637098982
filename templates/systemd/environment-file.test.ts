import { expect, it } from 'vitest'
import { environmentFile } from './environment-file.ts'

it('writes values that systemd reads as they were, sorted', () => {
  const shop = JSON.stringify({ name: 'A "quoted" \\ shop', price: '$5 `now`' })
  expect(environmentFile({ B: shop, A: 'plain' })).toBe(
    'A="plain"\nB="{\\"name\\":\\"A \\\\\\"quoted\\\\\\" \\\\\\\\ shop\\",\\"price\\":\\"\\$5 \\`now\\`\\"}"\n',
  )
})
