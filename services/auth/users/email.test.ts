import { describe, expect, it } from 'vitest'
import { normaliseEmail } from './email.ts'

describe('an e-mail address', () => {
  it.each([
    ['ana@example.com', 'ana@example.com'],
    ['  Ana.Garcia+books@EXAMPLE.Com\t', 'Ana.Garcia+books@example.com'],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ["o'brien@example.ie", "o'brien@example.ie"],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('is kept in one form: %s', (text, kept) => {
    expect(normaliseEmail(text)).toBe(kept)
  })

  it.each([
    '',
    'ana',
    '@example.com',
    'ana@',
    'ana@localhost',
    'ana@exa mple.com',
    'ana@example..com',
    'ana@-example.com',
    'a b@example.com',
    'ana\n@example.com',
    'ana@example.com\r\nBcc: all@example.com',
    'ana@[127.0.0.1]',
    'añá@example.com',
    '"ana"@example.com',
    '<ana@example.com>',
    `${'a'.repeat(65)}@example.com`,
    `ana@${'a'.repeat(250)}.com`,
    `ana@${'bücher.'.repeat(30)}com`,
  ])('is not: %j', (text) => {
    expect(normaliseEmail(text)).toBeUndefined()
  })
})
