import { expect, test } from 'vitest'
import { abilities } from './terminal.ts'
import { themeOf } from './theme.ts'

const tty = { stdinIsTty: true, stderrIsTty: true }
const utf8 = { LANG: 'es_ES.UTF-8', TERM: 'xterm' }

test('a terminal with a person in front of it can do all', () => {
  expect(abilities({ env: utf8, ...tty })).toEqual({ live: true, interactive: true, color: true, unicode: true })
})

test.each([
  [{ ...utf8, NO_COLOR: '1' }, tty, { color: false, live: true }],
  [{ ...utf8, NO_COLOR: '' }, tty, { color: true }],
  [{ ...utf8, TERM: 'dumb' }, tty, { live: false, interactive: false, color: false }],
  [{ LANG: 'C' }, tty, { unicode: false }],
  [{}, tty, { unicode: false }],
  [{ LANG: 'es_ES.UTF-8', LC_ALL: 'C' }, tty, { unicode: false }],
  [{ LC_CTYPE: 'C.utf8' }, tty, { unicode: true }],
  [utf8, { stdinIsTty: false, stderrIsTty: true }, { live: true, interactive: false }],
  [utf8, { stdinIsTty: true, stderrIsTty: false }, { live: false, interactive: false, color: false }],
  [
    { ...utf8, FORCE_COLOR: '1' },
    { stdinIsTty: false, stderrIsTty: false },
    { live: false, color: true },
  ],
])('%o, %o: %o', (env, facts, expected) => {
  expect(abilities({ env, ...facts })).toMatchObject(expected)
})

test('no two states share a sign', () => {
  for (const unicode of [true, false]) {
    const { done, failed, skipped, pending, warning, note } = themeOf({ color: false, unicode }).symbols
    const signs = [done, failed, skipped, pending, warning, note]
    expect(new Set(signs).size).toBe(signs.length)
  }
})
