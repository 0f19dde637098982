import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createLog } from '../../services/kit/log.ts'
import { migrate } from '../../services/kit/migrate.ts'
import { Secret } from '../../services/kit/secret.ts'
import { asSuperuser, createDatabase, repositoryRoot, type TestDatabase } from '../support/postgres.ts'

const migrations = join(repositoryRoot, 'services/auth/migrations')
const first = '0001_users_sessions_keys.sql'

let database: TestDatabase
let before: string

beforeAll(async () => {
  database = await createDatabase(inject('cluster'), 'auth')
  before = await mkdtemp(join(tmpdir(), 'bookstore-migrations-'))
  await cp(join(migrations, first), join(before, first))
})
afterAll(() => rm(before, { recursive: true, force: true }))

const apply = (folder: string) =>
  migrate({ folder, url: database.url, password: new Secret(database.password), log: createLog('auth', 'silent') })
const sql = (text: string) =>
  asSuperuser(inject('cluster'), database.role, async (client) => (await client.query(text)).rows)

/** As the code of the first migration writes them. */
const addUser = `insert into users (email, name, password_hash) values ('ana@example.com', 'Ana', 'x') returning id`
const addSession = (userId: string, createdDaysAgo: number, refreshedDaysAgo: number) =>
  `insert into sessions (user_id, created_at, expires_at)
   values ('${userId}', now() - interval '${createdDaysAgo} days',
     least(now() - interval '${createdDaysAgo - 90} days', now() - interval '${refreshedDaysAgo - 30} days'))`

describe('the second migration of auth', () => {
  it('tells when sessions of before were last used, and takes what the code of before writes', async () => {
    await apply(before)
    const [{ id }] = await sql(addUser)
    await sql(addSession(id, 10, 3))
    await sql(addSession(id, 7, 7))
    await apply(migrations)
    await sql(addSession(id, 0, 0))
    const used = `select extract(epoch from now() - last_used_at) / 86400 as days, agent from sessions order by created_at`
    const sessions = await sql(used)
    expect(sessions.map(({ days }) => Math.round(Number(days)))).toEqual([3, 7, 0])
    expect(new Set(sessions.map(({ agent }) => agent))).toEqual(new Set(['']))
    expect(await sql('select language, password_version from users')).toEqual([{ language: null, password_version: 1 }])
  })
})
