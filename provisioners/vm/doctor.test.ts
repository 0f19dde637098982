import { expect, test } from 'vitest'
import { distribution } from './doctor.ts'

test.each([
  [
    'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    true,
    'Debian GNU/Linux 12 (bookworm)',
  ],
  ['PRETTY_NAME="Ubuntu 22.04.5 LTS"\nVERSION_ID="22.04"\nID=ubuntu\n', true, 'Ubuntu 22.04.5 LTS'],
  ['ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\n', false, 'bullseye'],
  ['ID=debian\nPRETTY_NAME="Debian GNU/Linux trixie/sid"\n', false, 'not supported'],
  ['ID="rocky"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4"\n', false, 'Rocky Linux 9.4 is not supported'],
  ['', false, 'an unknown system'],
])('%j is a system that we know: %s', (text, ok, message) => {
  expect(distribution(text)).toMatchObject({ ok, message: expect.stringContaining(message) })
})
