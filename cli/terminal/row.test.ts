import { expect, test } from 'vitest'
import { FakeTerminal } from '../testing/fake-terminal.ts'
import { formatRow } from './row.ts'
import { widthOf } from './text.ts'
import { themeOf } from './theme.ts'

const theme = themeOf(new FakeTerminal({ live: true }))
const row = (label: string, text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it looks for
  formatRow({ label, state: 'done', text, durationMs: 400 }, theme, 80).replace(/\x1b\[[0-9;]*m/g, '')

test('a long name is shown whole where nothing is said beside it', () => {
  const line = row('unit bookstore-auth-migrate@.service', '')
  expect(line).toContain('unit bookstore-auth-migrate@.service')
  expect(widthOf(line)).toBe(widthOf(row('NGINX', '')))
})

test('and is cut where it would take the room of what is said', () => {
  const said = 'nothing that anybody would want'
  expect(row('unit bookstore-auth-migrate@.service', said)).toContain(said)
})
