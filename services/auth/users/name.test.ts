import { describe, expect, it } from 'vitest'
import { normaliseName } from './name.ts'

describe('a name', () => {
  it.each([
    ['Ana', 'Ana'],
    ['  Ana \u00a0 García ', 'Ana García'],
    ['Jose\u0301', 'José'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ["Robert'); DROP TABLE users;--", "Robert'); DROP TABLE users;--"],
    ['می‌خواهم', 'می‌خواهم'],
    ['🦊', '🦊'],
    ['🦊'.repeat(100), '🦊'.repeat(100)],
  ])('is kept composed, with single spaces: %j', (text, kept) => {
    expect(normaliseName(text)).toBe(kept)
  })

  it.each([
    '',
    '   ',
    '\u200b\u200d',
    'Ana\nGarcía',
    'Ana\u0007',
    'Ana\u2028García',
    '\u202eanA',
    'a\u2066b',
    'a'.repeat(101),
  ])('is not: %j', (text) => {
    expect(normaliseName(text)).toBeUndefined()
  })
})
