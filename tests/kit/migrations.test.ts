import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { migrationsFolder } from '../../services/kit/database-process.ts'
import { createLog } from '../../services/kit/log.ts'
import { migrate } from '../../services/kit/migrate.ts'
import { Secret } from '../../services/kit/secret.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startShop } from '../support/shop.ts'

/** Auth's migrations, and one of a release that nobody has written yet. */
let newer: string

beforeAll(async () => {
  newer = await mkdtemp(join(tmpdir(), 'bookstore-newer-'))
  await cp(migrationsFolder('auth'), newer, { recursive: true })
  await writeFile(join(newer, '9999_of_a_later_release.sql'), 'alter table users add column shoe_size int;')
})
afterAll(() => rm(newer, { recursive: true, force: true }))

const apply = ({ url, password }: TestDatabase, folder: string) =>
  migrate({ folder, url, password: new Secret(password), log: createLog('auth', 'silent') })
const sql = (database: TestDatabase, text: string) =>
  asSuperuser(inject('cluster'), database.role, async (client) => (await client.query(text)).rows)
const shoeSizes = `select 1 from information_schema.columns where column_name = 'shoe_size'`

describe('a build that is older than the schema', () => {
  it('migrates, which changes nothing, gets ready, and serves', async () => {
    const shop = await startShop(inject('cluster'), { services: ['auth'] })
    try {
      await apply(shop.databases.auth, newer)
      await shop.command('auth', 'migrate')
      expect(await sql(shop.databases.auth, shoeSizes)).toHaveLength(1)
      await shop.stop('auth', 'SIGTERM')
      await shop.start('auth')
      const body = { email: 'ana@example.com', password: 'an evening in Comala', name: 'Ana' }
      expect((await shop.request('auth', 'POST', '/auth/register', { body })).status).toBe(201)
    } finally {
      await shop.close()
    }
  })
})

describe('a migration that needs a lock', () => {
  it('lets others through while it waits, and is done once it gets it', async () => {
    const database = await createDatabase(inject('cluster'), 'auth')
    await apply(database, migrationsFolder('auth'))
    await asSuperuser(inject('cluster'), database.role, async (holder) => {
      await holder.query('begin')
      await holder.query('select 1 from users')
      let done = false
      const migrated = apply(database, newer).then(() => {
        done = true
      })
      const isWaiting = `select 1 from pg_locks where mode = 'AccessExclusiveLock' and not granted`
      while ((await sql(database, isWaiting)).length === 0);
      // Behind the one that waits, whom only giving up can get out of the way.
      expect(await sql(database, 'select count(*)::int as users from users')).toEqual([{ users: 0 }])
      expect(done).toBe(false)
      await holder.query('commit')
      await migrated
    })
    expect(await sql(database, shoeSizes)).toHaveLength(1)
  })
})

describe('two migrators at once', () => {
  it('take turns', async () => {
    const database = await createDatabase(inject('cluster'), 'auth')
    await Promise.all([apply(database, newer), apply(database, newer), apply(database, migrationsFolder('auth'))])
    expect(await sql(database, 'select count(*)::int as n from pgmigrations')).toEqual([{ n: 3 }])
  })
})
