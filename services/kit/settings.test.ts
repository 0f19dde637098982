import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseAddress } from './address.ts'
import { commonSettings, readCredential, readSettings } from './settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('reads both forms of an address and nothing else', () => {
  expect(parseAddress('unix:/run/a.sock')).toEqual({ socketPath: '/run/a.sock' })
  expect(parseAddress('http://127.0.0.1:3000')).toEqual({ host: '127.0.0.1', port: 3000 })
  for (const wrong of ['unix:relative', 'https://a:1', 'http://a', 'nonsense'])
    expect(() => parseAddress(wrong)).toThrow(TypeError)
})

it('names every wrong variable at once', () => {
  const wrong = { BOOKSTORE_PROCESS: 'a', BOOKSTORE_LISTEN: 'nowhere', BOOKSTORE_SITE_URL: 'x' }
  expect(() => readSettings(commonSettings, wrong)).toThrow(
    /BOOKSTORE_LISTEN: .*BOOKSTORE_LISTEN_INTERNAL: .*BOOKSTORE_SITE_URL: /,
  )
})

it('gives a credential that never prints', () => {
  writeFileSync(join(folder, 'database-password'), 'hunter2\n')
  const secret = readCredential('database-password', { CREDENTIALS_DIRECTORY: folder })
  expect(secret.reveal()).toBe('hunter2')
  expect(`${secret} ${JSON.stringify({ secret })} ${inspect({ secret })}`).not.toContain('hunter2')
  expect(() => readCredential('absent', { CREDENTIALS_DIRECTORY: folder })).toThrow(/'absent' cannot be read/)
})
