import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localPath } from './next.ts'

describe('localPath', () => {
  it.each(['/', '/es/checkout', '/es/books?q=a%20b&sort=price', '/es/orders/1#timeline'])('lets %s through', (path) => {
    expect(localPath(path)).toBe(path)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'es/cart',
    '',
    '/es/ñ',
    '/.//evil.example',
    '/x/..//evil.example',
    `/${'a'.repeat(600)}`,
  ])('refuses %j', (path) => {
    expect(localPath(path)).toBeUndefined()
  })

  it('never leads to another host', () => {
    const risky = fc.stringMatching(/^[/\\.:@a-z\t\n%0-9?#]{0,20}$/)
    fc.assert(
      fc.property(risky, (text) => {
        const path = localPath(text)
        if (path !== undefined) expect(new URL(path, 'https://shop.example').origin).toBe('https://shop.example')
      }),
      { numRuns: 2_000 },
    )
  })
})
