import { describe, expect, it } from 'vitest'
import { agentOf } from './agent.ts'

describe('an agent', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'Mozilla/5.0 (X11; Linux x86_64)'],
    ['  curl/8.5.0\t', 'curl/8.5.0'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['a\tb\u0007c\u009bd\u007fe', 'abcde'],
    ['\u202egnp.exe\u00ad\u2028', 'gnp.exe'],
    ['a\ud800b', 'ab'],
    ['x'.repeat(9_000), 'x'.repeat(200)],
    ['🦊'.repeat(300), '🦊'.repeat(200)],
    [`${'x'.repeat(199)}  y`, 'x'.repeat(199)],
  ])('of %j is kept', (header, kept) => {
    expect(agentOf(header)).toBe(kept)
  })
})
