import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { Database, statement } from '../../services/kit/database.ts'
import { ok, type Reply } from '../../services/kit/endpoint.ts'
import { fingerprintOf, idempotent, type Keyed } from '../../services/kit/idempotency.ts'
import { Secret } from '../../services/kit/secret.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../support/postgres.ts'

const schema = `
  create table idempotency_keys (
    owner uuid not null, key text not null, fingerprint text not null, point text not null, subject uuid,
    status int, reply jsonb, headers jsonb, created_at timestamptz not null default now(), primary key (owner, key));
  create table effects (id bigint generated always as identity primary key);`
const addEffect = statement('add-effect', 'insert into effects default values')
const countEffects = statement('count-effects', 'select count(*)::int as n from effects')
const ownBackend = statement('own-backend', 'select pg_backend_pid() as pid')
const addThing = statement('add-thing', 'create table if not exists thing ()')

let testDatabase: TestDatabase
let db: Database

const open = (pool: number) =>
  new Database({
    url: testDatabase.url,
    password: new Secret(testDatabase.password),
    pool,
    name: 'test',
    onIdleError: () => undefined,
  })

beforeAll(async () => {
  testDatabase = await createDatabase(inject('cluster'), 'kit')
  db = open(8)
  for (const sql of schema.split(';').filter((part) => part.trim())) await db.count(statement('', sql))
})
afterAll(() => db.close())

let owner: string
beforeEach(() => {
  owner = randomUUID()
})

const effects = async () => (await db.row<{ n: number }>(countEffects))?.n ?? 0

function effectOnce({ db: connection, finish }: Keyed): Promise<Reply> {
  return connection.transaction(async (tx) => {
    await tx.count(addEffect)
    return finish(tx, ok({ done: true }))
  })
}

const keyed = (body: unknown = {}, key = 'k') => ({ owner, key, fingerprint: fingerprintOf('test', body) })

describe('a keyed operation', () => {
  it('has one effect, however many ask at once, and more of them than the pool has connections', async () => {
    const before = await effects()
    const replies = await Promise.allSettled(Array.from({ length: 50 }, () => idempotent(db, keyed(), effectOnce)))
    expect(await effects()).toBe(before + 1)
    for (const reply of replies) {
      if (reply.status === 'fulfilled') expect(reply.value).toMatchObject({ status: 200, body: { done: true } })
      else expect(reply.reason).toMatchObject({ status: 409, code: 'request-in-flight' })
    }
    expect(replies.some(({ status }) => status === 'fulfilled')).toBe(true)
  })

  it('replays its reply, and says that it does', async () => {
    await idempotent(db, keyed(), effectOnce)
    const again = await idempotent(db, keyed(), () => Promise.reject(new Error('must not run')))
    expect(again).toMatchObject({ status: 200, body: { done: true }, headers: { 'idempotent-replay': 'true' } })
  })

  it('refuses another body under the same key, and takes the same body in another order of its fields', async () => {
    await idempotent(db, keyed({ a: 1, b: [{ c: 2, d: 3 }] }), effectOnce)
    await expect(idempotent(db, keyed({ a: 2 }), effectOnce)).rejects.toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    })
    await expect(idempotent(db, keyed({ b: [{ d: 3, c: 2 }], a: 1 }), effectOnce)).resolves.toMatchObject({
      status: 200,
    })
  })

  it('keeps the keys of two owners apart', async () => {
    await idempotent(db, keyed({ a: 1 }), effectOnce)
    owner = randomUUID()
    await expect(idempotent(db, keyed({ a: 2 }), effectOnce)).resolves.not.toHaveProperty('headers.idempotent-replay')
  })

  it('stores nothing when the work fails, and lets the next attempt do it', async () => {
    const before = await effects()
    const failing = ({ db: connection }: Keyed) =>
      connection.transaction(async (tx) => {
        await tx.count(addEffect)
        throw new Error('in the middle')
      })
    await expect(idempotent(db, keyed(), failing)).rejects.toThrow('in the middle')
    expect(await effects()).toBe(before)
    await expect(idempotent(db, keyed(), effectOnce)).resolves.toMatchObject({ status: 200 })
  })

  it('goes on at the recovery point when the connection died after it, and its lock with it', async () => {
    const subject = randomUUID()
    // Of its own connection only: the idle ones of the pool would be lent to the next test before they know that they died.
    const dying = async (keyedWork: Keyed) => {
      await keyedWork.db.transaction((tx) => keyedWork.reach(tx, 'reserved', subject))
      const backend = await keyedWork.db.row<{ pid: number }>(ownBackend)
      await asSuperuser(inject('cluster'), 'postgres', (client) =>
        client.query('select pg_terminate_backend($1)', [backend?.pid]),
      )
      return effectOnce(keyedWork)
    }
    await expect(idempotent(db, keyed(), dying)).rejects.toMatchObject({ status: 503 })
    const seen: unknown[] = []
    await idempotent(db, keyed(), (work) => {
      seen.push(work.point, work.subject)
      return effectOnce(work)
    })
    expect(seen).toEqual(['reserved', subject])
  })

  it('needs one connection only: a pool of one serves many, one after the other', async () => {
    const small = open(1)
    try {
      const keys = Array.from({ length: 20 }, (_, index) => keyed({}, `k${index}`))
      const replies = await Promise.all(keys.map((key) => idempotent(small, key, effectOnce)))
      expect(replies).toHaveLength(20)
    } finally {
      await small.close()
    }
  })
})

it('keeps a transaction that failed from poisoning its connection', async () => {
  await db.withConnection(async (connection) => {
    await expect(connection.transaction((tx) => tx.count(statement('bad', 'select 1/0')))).rejects.toThrow()
    await expect(connection.count(addThing)).resolves.toBeDefined()
  })
})
