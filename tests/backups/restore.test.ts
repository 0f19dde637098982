import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { backup } from '../../provisioners/backups/backup.ts'
import { rehearse, restore } from '../../provisioners/backups/restore.ts'
import { asSuperuser } from '../support/postgres.ts'
import { startEmbedded } from './embedded.ts'
import {
  createWorld,
  digests,
  fixtures,
  leftovers,
  migrateTo,
  ofService,
  query,
  quiet,
  servicesWithMigrations,
  type World,
} from './world.ts'

const cluster = inject('cluster')
const old = ['0001_everything_difficult']
const shop = { name: 'Librería', domain: 'shop.localhost', currency: 'EUR' }

let folder = ''
let file = ''
let source: World
let target: World

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bookstore-backup-'))
  file = join(folder, 'shop.tar.gz')
  source = await createWorld(cluster, ['shelf', 'till'])
  await fill(source)
  await save(source, file)
})
afterAll(async () => {
  await source.remove()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  target = await createWorld(cluster, ['shelf', 'till'])
  await migrateTo(at(target, 'shelf'), fixtures('shelf'))
  await migrateTo(at(target, 'till'), fixtures('till'))
  await query(at(target, 'till'), 'insert into coins (amount) values (7)')
})
afterEach(() => target.remove())

function at({ databases }: World, service: string) {
  const database = databases[service]
  if (!database) throw new Error(`no ${service}`)
  return database
}

const save = (world: World, path: string) =>
  backup({ shop, bookstore: '0.1.0', databases: world.databases, covers: world.covers }, path, quiet())

/** Rows that a careless text format would not bring back. */
async function fill(world: World): Promise<void> {
  const shelf = at(world, 'shelf')
  await migrateTo(shelf, fixtures('shelf'), old)
  await query(shelf, 'insert into shelves (parent) values (null), (1), (2)')
  await query(
    shelf,
    `insert into books (shelf, title, note, tags, facts, cover, price, weight, state, lent, seen) values
     (1, E'tab\\there\\nnewline\\r\\\\ backslash', null, '{}', null, null, null, null, 'new', null, 'infinity'),
     (2, E'\\\\.', '', '{"a,b","c\\"d",null,"{}"}', '{"a": [1, null, "\\u00e9"], "b": "\\\\N"}', '\\x000aff5c4e', 0.10, 'NaN', 'it''s "fair"', '1 year 2 mons -3 days 04:05:06.789', '-infinity'),
     (3, E'\\\\N', E'ñ 汉字 🙂 \\u200f', '{}', '"text"', '\\x', 9999999999.99, 1e-307, 'good', '-00:00:01', '2026-02-29 23:59:59.999999+14'::text::timestamptz - interval '0')
     `.replace('2026-02-29', '2024-02-29'),
  )
  await query(
    shelf,
    "alter table books disable trigger user; update books set note = E'kept \\\\t' where id = 1; alter table books enable trigger user",
  )
  await query(shelf, 'update shelves set best_book = 3 where id = 1')
  await query(shelf, "insert into journal values ('2025-05-05', 'in'), ('1999-01-01', 'before')")
  await query(shelf, "insert into attempts values ('x', 3); insert into seeds values ('more')")
  await query(shelf, "select nextval('receipts'), nextval('receipts')")
  await migrateTo(at(world, 'till'), fixtures('till'))
  await query(at(world, 'till'), 'insert into coins (amount) select n from generate_series(1, 20000) n')
  await query(
    at(world, 'till'),
    `insert into rolls select n, (select string_agg(md5(n || '/' || m), E'\\t') from generate_series(1, 2000) m) from generate_series(1, 100) n`,
  )
  await writeFile(join(world.covers, 'ab12.webp'), Buffer.from([0, 255, 10, 13]))
}

/** The rows as they are at the backup's own level. */
async function expectSame(from: World, to: World): Promise<void> {
  const [
    { 'public.pgmigrations': _theirs, ...before },
    { 'public.pgmigrations': _ours, 'public.later': later, ...after },
  ] = await Promise.all([digests(at(from, 'shelf')), digests(at(to, 'shelf'))])
  expect(later).toBe('0:')
  const withoutNew = await query(at(to, 'shelf'), 'alter table books drop column isbn').then(() =>
    digests(at(to, 'shelf')),
  )
  expect({ ...after, 'public.books': withoutNew['public.books'] }).toEqual(before)
  expect(await digests(at(to, 'till'))).toEqual(await digests(at(from, 'till')))
}

describe('a backup', () => {
  test('is for its owner only, and smaller than what it holds', async () => {
    const { mode, size } = await stat(file)
    expect(mode & 0o777).toBe(0o600)
    expect(size).toBeLessThan(6_000_000)
  })

  test('comes back on a shop with other books, at a newer level, and every row is the same', async () => {
    const manifest = await restore(file, target.target, quiet())
    expect(manifest.services.till?.tables.find(({ name }) => name === 'coins')?.rows).toBe(20_000)
    expect(manifest.services.till?.tables.find(({ name }) => name === 'rolls')?.parts).toBe(2)
    expect(target.calls).toEqual(['stop', 'start', 'reconcile'])
    await expectSame(source, target)
    expect(await readFile(join(target.covers, 'ab12.webp'))).toEqual(Buffer.from([0, 255, 10, 13]))
    expect(await leftovers(cluster, target)).toEqual([])
  })

  test('sequences go on, constraints and triggers hold, and the owner is who it was', async () => {
    await restore(file, target.target, quiet())
    const shelf = at(target, 'shelf')
    expect(await query(shelf, "insert into books (shelf, title) values (1, 'x') returning id, note, isbn")).toEqual([
      { id: 4, note: 'touched by a trigger', isbn: 'none' },
    ])
    expect(await query(shelf, "select nextval('receipts')::int as next")).toEqual([{ next: 1002 }])
    expect(await query(at(target, 'till'), 'insert into coins (amount) values (1) returning id::int')).toEqual([
      { id: 20_001 },
    ])
    await expect(query(shelf, "insert into books (shelf, title) values (99, 'x')")).rejects.toMatchObject({
      code: '23503',
    })
    await expect(query(shelf, 'update shelves set best_book = 99 where id = 1')).rejects.toMatchObject({
      code: '23503',
    })
    await expect(query(shelf, 'update books set price = -1')).rejects.toMatchObject({ code: '23514' })
    expect(
      await query(shelf, "select has_database_privilege('public', current_database(), 'connect') as open"),
    ).toEqual([{ open: false }])
  })

  test('of what was restored is the same again', async () => {
    await restore(file, target.target, quiet())
    const again = join(folder, 'again.tar')
    const [first, second] = [await restore(file, target.target, quiet()), await save(target, again)]
    expect(second.services.till?.tables).toEqual(first.services.till?.tables)
    await restore(again, target.target, quiet())
    expect((await digests(at(target, 'till')))['public.coins']).toBe(
      (await digests(at(source, 'till')))['public.coins'],
    )
  })

  test('is one moment, whatever is written meanwhile', async () => {
    const writing = new AbortController()
    const till = at(source, 'till')
    const writer = (async () => {
      while (!writing.signal.aborted) await query(till, 'insert into coins (amount) values (0)')
    })()
    const path = join(folder, 'busy.tar')
    await save(source, path)
    writing.abort()
    await writer
    await restore(path, target.target, quiet())
    const [row] = await query<{ rows: number; last: number }>(
      at(target, 'till'),
      'select count(*)::int as rows, max(id)::int as last from coins',
    )
    expect(row?.rows).toBe(row?.last)
    await query(till, 'delete from coins where id > 20000')
    await query(till, "select setval(pg_get_serial_sequence('coins', 'id'), 20000)")
  })
})

describe('nothing is touched', () => {
  async function expectUntouched(path: string, error: Record<string, unknown>): Promise<void> {
    const before = await Promise.all([digests(at(target, 'shelf')), digests(at(target, 'till'))])
    await expect(restore(path, target.target, quiet())).rejects.toMatchObject(error)
    expect(await Promise.all([digests(at(target, 'shelf')), digests(at(target, 'till'))])).toEqual(before)
    expect(target.calls).toEqual([])
    expect(await leftovers(cluster, target)).toEqual([])
  }

  test.each([0.2, 0.6, 0.95])('by a file with a byte changed at %s', async (share) => {
    const bytes = await readFile(file)
    const position = Math.floor(bytes.length * share)
    bytes[position] = (bytes[position] ?? 0) ^ 0x10
    const path = join(folder, 'changed.tar.gz')
    await writeFile(path, bytes)
    await expectUntouched(path, { code: 'backup-damaged' })
  })

  test('by half a file', async () => {
    const bytes = await readFile(file)
    const path = join(folder, 'half.tar.gz')
    await writeFile(path, bytes.subarray(0, bytes.length / 2))
    await expectUntouched(path, { code: 'backup-damaged' })
  })

  test('by a backup that is newer than this release', async () => {
    const path = join(folder, 'newer.tar')
    await save(target, path)
    target.target.migrations = (service) => (service === 'shelf' ? join(folder, 'nothing') : fixtures(service))
    await expectUntouched(path, { code: 'backup-too-new' })
  })

  test('by a backup in another currency', async () => {
    target.target.shop = { currency: 'USD' }
    await expectUntouched(file, { code: 'backup-currency' })
  })
})

describe('killed or failing on the way', () => {
  test('before the exchange: the old shop serves, and the next restore finishes', async () => {
    const before = await digests(at(target, 'till'))
    const stop = new AbortController()
    const failing = { ...target.target, stopWrites: () => Promise.reject(new Error('the supervisor is gone')) }
    await expect(restore(file, failing, quiet())).rejects.toThrow('the supervisor is gone')
    expect(await digests(at(target, 'till'))).toEqual(before)
    expect((await leftovers(cluster, target)).length).toBe(2)
    setTimeout(() => stop.abort(new Error('Ctrl-C')), 150)
    await expect(restore(file, target.target, quiet(stop.signal))).rejects.toThrow('Ctrl-C')
    expect(await digests(at(target, 'till'))).toEqual(before)
    await restore(file, target.target, quiet())
    await expectSame(source, target)
    expect(await leftovers(cluster, target)).toEqual([])
  })

  test('a rehearsal fills databases beside the shop, and leaves the shop as it was', async () => {
    const before = await digests(at(target, 'till'))
    const scratch = await mkdtemp(join(tmpdir(), 'rehearsal-'))
    const idle = () => Promise.reject(new Error('a rehearsal stops nothing'))
    const beside = { ...target.target, covers: scratch, stopWrites: idle, startWrites: idle, reconcile: idle }
    await rehearse(file, beside, quiet())
    expect(await digests(at(target, 'till'))).toEqual(before)
    expect(await leftovers(cluster, target)).toEqual([])
    const bytes = await readFile(file)
    const half = join(scratch, 'half.tar.gz')
    await writeFile(half, bytes.subarray(0, bytes.length / 2))
    await expect(rehearse(half, beside, quiet())).rejects.toMatchObject({ code: 'backup-damaged' })
    await rm(scratch, { recursive: true })
  })

  test('two at once: one after the other', async () => {
    await Promise.all([restore(file, target.target, quiet()), restore(file, target.target, quiet())])
    await expectSame(source, target)
    expect(await leftovers(cluster, target)).toEqual([])
  })

  test('a session that stays is cut off, and all databases change or none', async () => {
    const name = at(target, 'till').database
    await asSuperuser(cluster, name, async (client) => {
      client.on('error', () => {})
      await client.query('begin; select * from coins')
      await restore(file, target.target, quiet())
    }).catch(() => {})
    await expectSame(source, target)
  })
})

test('the schemas of the services themselves', async () => {
  const services = await servicesWithMigrations()
  const [from, to] = [await createWorld(cluster, services, ofService), await createWorld(cluster, services, ofService)]
  try {
    for (const world of [from, to]) {
      await Promise.all(
        Object.entries(world.databases).map(([service, database]) => migrateTo(database, ofService(service))),
      )
    }
    const path = join(folder, 'services.tar.gz')
    await save(from, path)
    await restore(path, to.target, quiet())
    for (const service of services) expect(await digests(at(to, service))).toEqual(await digests(at(from, service)))
  } finally {
    await from.remove()
    await to.remove()
  }
})

test('from one version of PostgreSQL to another, and back', async (context) => {
  const other = await startEmbedded()
  if (!other) return context.skip()
  try {
    const there = await createWorld(other, ['shelf', 'till'])
    await restore(file, there.target, quiet())
    const path = join(folder, 'back.tar.gz')
    const manifest = await save(there, path)
    expect(manifest.services.shelf?.postgres).toMatch(new RegExp(`^${other.version}`))
    await restore(path, target.target, quiet())
    await expectSame(source, target)
    await expectSame(source, there)
    await there.remove()
  } finally {
    await other.stop()
  }
})
