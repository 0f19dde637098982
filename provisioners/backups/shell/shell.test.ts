import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../engine/secret.ts'
import { findPsql, withPsql } from './psql.ts'
import { splitStatements } from './statements.ts'
import { formatResult } from './table.ts'

const database = {
  host: '/run/pg',
  port: 5432,
  user: 'catalog',
  database: 'catalog',
  password: new Secret('se:cret\\'),
}

test.each([
  ['select 1; select 2;', ['select 1', 'select 2'], ''],
  ["select ';'; rest", ["select ';'"], ' rest'],
  ["select 'it''s; here'; ", ["select 'it''s; here'"], ' '],
  ['select ";";', ['select ";"'], ''],
  ['do $$ begin; end $$; x', ['do $$ begin; end $$'], ' x'],
  ['do $a$ $$;$$ $a$;', ['do $a$ $$;$$ $a$'], ''],
  ['-- a; b\nselect 1;', ['-- a; b\nselect 1'], ''],
  ['/* a; /* b; */ c; */ select 1;', ['/* a; /* b; */ c; */ select 1'], ''],
  ["select 'not; ended", [], "select 'not; ended"],
  ['do $$ begin;', [], 'do $$ begin;'],
  [';;;', [], ''],
  ['select $1; select a$b;', ['select $1', 'select a$b'], ''],
])('%j', (text, statements, rest) => {
  expect(splitStatements(text)).toEqual({ statements, rest })
})

test('a table, with nothing in it that a terminal obeys', () => {
  const fields = [{ name: 'id' }, { name: 'title' }]
  const rows = [
    ['1', 'Quijote\n\u001b[31mred'],
    ['20', null],
  ]
  expect(formatResult({ command: 'SELECT', rowCount: 2, fields, rows })).toBe(
    [' id | title', '----+------------------------', ' 1  | Quijote\\n\\u001b[31mred', ' 20 |', '(2 rows)', ''].join(
      '\n',
    ),
  )
  expect(formatResult({ command: 'UPDATE', rowCount: 3, fields: [], rows: [] })).toBe('UPDATE 3\n')
})

test('the password is in a file of its own, and that is gone afterwards', async () => {
  let passFile = ''
  await withPsql('/usr/bin/psql', database, { write: false, interactive: true }, async ({ argv, env }) => {
    passFile = env.PGPASSFILE ?? ''
    expect((await stat(passFile)).mode & 0o777).toBe(0o600)
    expect(await readFile(passFile, 'utf8')).toBe('*:*:*:*:se\\:cret\\\\\n')
    expect(JSON.stringify([argv, env])).not.toContain('cret')
    expect(env).toMatchObject({
      PGHOST: '/run/pg',
      PGUSER: 'catalog',
      PGOPTIONS: '-c default_transaction_read_only=on',
    })
    expect(argv).toEqual(['/usr/bin/psql'])
  })
  await expect(stat(dirname(passFile))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('it is removed when psql fails, too; and with --write nothing is read-only', async () => {
  let passFile = ''
  const failing = withPsql('psql', database, { write: true, interactive: false }, async ({ argv, env }) => {
    passFile = env.PGPASSFILE ?? ''
    expect(env.PGOPTIONS).toBeUndefined()
    expect(argv).toContain('--set=ON_ERROR_STOP=1')
    throw new Error('psql ended')
  })
  await expect(failing).rejects.toThrow('psql ended')
  await expect(stat(passFile)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('psql is found where it is, and not where it is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-find-'))
  expect(await findPsql([folder])).toBeUndefined()
  await writeFile(join(folder, 'psql'), '')
  await chmod(join(folder, 'psql'), 0o755)
  expect(await findPsql(['/nowhere', folder])).toBe(join(folder, 'psql'))
  await rm(folder, { recursive: true })
})
