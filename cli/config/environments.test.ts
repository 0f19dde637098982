import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultShop } from './defaults.ts'
import { TemporaryConfig } from './testing/temporary-config.ts'

const config = new TemporaryConfig()

describe('environments', () => {
  const text = `name: shop
local:
  httpsPort: 9443
shop:
  languages: [es, en]
environments:
  rehearsal:
    name: rehearsal
    local:
      httpPort: 9080
    shop:
      languages: [en]
  clash:
    local:
      httpPort: 9443
`

  test('merge fields and replace everything else', async () => {
    expect(await config.loadText(text, 'rehearsal')).toMatchObject({
      name: 'rehearsal',
      local: { httpsPort: 9443, httpPort: 9080 },
      shop: { languages: ['en'], name: defaultShop.name },
    })
    expect(await config.load()).toMatchObject({ name: 'shop', local: { httpPort: 8080 } })
  })

  test('a rule over two fields is asked of the result', async () => {
    expect(await config.problems(text, 'clash')).toEqual([
      expect.objectContaining({ line: 15, path: 'environments.clash.local.httpPort', found: '9443' }),
    ])
  })

  test('that are not there are 78, with the nearest name', async () => {
    await expect(config.loadText(text, 'rehersal')).rejects.toMatchObject({
      code: 'unknown-environment',
      status: 78,
      hint: 'Did you mean rehearsal?',
    })
    await expect(config.loadText(text, 'toString')).rejects.toMatchObject({ code: 'unknown-environment' })
    await rm(join(config.folder, 'bookstore.yaml'))
    await expect(config.load({ env: 'rehearsal' })).rejects.toMatchObject({ code: 'configuration-missing', status: 78 })
  })
})
