import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Database, type Queryable, statement } from '../../services/kit/database.ts'
import { migrationsFolder } from '../../services/kit/database-process.ts'
import { ok } from '../../services/kit/endpoint.ts'
import { fingerprintOf, idempotent, type Keyed } from '../../services/kit/idempotency.ts'
import { createLog } from '../../services/kit/log.ts'
import { migrate } from '../../services/kit/migrate.ts'
import { Outbox, type OutboxMessage } from '../../services/kit/outbox.ts'
import { Secret } from '../../services/kit/secret.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../support/postgres.ts'
import { until } from '../support/shop.ts'

let place: TestDatabase
let db: Database
const log = createLog('test', 'silent')

beforeAll(async () => {
  place = await createDatabase(inject('cluster'), 'kit')
  const password = new Secret(place.password)
  await migrate({ folder: migrationsFolder('sales'), url: place.url, password, log })
  db = new Database({ url: place.url, password, pool: 4, name: 'kit', onIdleError: () => undefined })
  await db.count(statement('t-effects', 'create table effects (subject text primary key, n int not null default 1)'))
})
afterAll(() => db?.close())

const effect = statement(
  't-effect',
  'insert into effects (subject) values ($1) on conflict (subject) do update set n = effects.n + 1',
)
const plainInsert = statement('t-insert', 'insert into effects (subject) values ($1)')
const effectsOf = statement('t-effects-of', 'select coalesce(sum(n), 0)::int as n from effects where subject = $1')
const pid = statement('t-pid', 'select pg_backend_pid() as pid')
const locks = statement(
  't-locks',
  `select count(*)::int as n from pg_locks where locktype = 'advisory'
   and database = (select oid from pg_database where datname = current_database())`,
)

const effects = async (subject: string) => (await db.row<{ n: number }>(effectsOf, [subject]))?.n
const terminate = (backend: number) =>
  asSuperuser(inject('cluster'), place.role, (client) => client.query('select pg_terminate_backend($1)', [backend]))
const backendOf = async (connection: Queryable) => (await connection.row<{ pid: number }>(pid))?.pid as number

describe('a transaction', () => {
  it('does not claim to be committed when one of its statements had failed', async () => {
    const subject = randomUUID()
    const work = db.transaction(async (tx) => {
      await tx.count(plainInsert, [subject])
      await tx.count(plainInsert, [subject]).catch(() => undefined)
    })
    await expect(work).rejects.toThrow('failed earlier')
    expect(await effects(subject)).toBe(0)
  })

  it('whose connection breaks leaves no broken connection behind', async () => {
    const work = db.transaction(async (tx) => {
      await terminate(await backendOf(tx))
      await sleep(50)
      await tx.count(effect, ['never'])
    })
    await expect(work).rejects.toMatchObject({ status: 503 })
    const after = await Promise.all(
      Array.from({ length: 8 }, () => db.transaction((tx) => tx.count(effect, ['after']))),
    )
    expect(after).toHaveLength(8)
  })
})

describe('an idempotent operation', () => {
  const owner = randomUUID()
  const ask = (key: string, work: (keyed: Keyed) => Promise<void>, body: unknown = key) =>
    idempotent(db, { owner, key, fingerprint: fingerprintOf('test', body) }, async (keyed) => {
      await work(keyed)
      return keyed.db.transaction(async (tx) => {
        await tx.count(effect, [key])
        return keyed.finish(tx, ok({ b: 1, a: 2 }))
      })
    })

  it('has one effect for 50 at once over fewer connections, and replays its reply to the letter', async () => {
    const key = randomUUID()
    const replies = await Promise.allSettled(Array.from({ length: 50 }, () => ask(key, async () => undefined)))
    const refused = replies.flatMap((reply) => (reply.status === 'rejected' ? [reply.reason] : []))
    expect(refused.every((problem) => problem.code === 'request-in-flight')).toBe(true)
    expect(await effects(key)).toBe(1)
    const replay = await ask(key, async () => expect.unreachable())
    expect(JSON.stringify(replay.body)).toBe('{"b":1,"a":2}')
    await expect(ask(key, async () => undefined, 'other')).rejects.toMatchObject({ status: 422 })
  })

  it('does its work when many more want connections than there are', async () => {
    const keys = Array.from({ length: 100 }, () => randomUUID())
    await Promise.all(keys.map((key) => ask(key, () => sleep(5))))
    expect((await Promise.all(keys.map(effects))).every((n) => n === 1)).toBe(true)
  })

  it('lets go of its key when its connection breaks, and resumes at its recovery point', async () => {
    const key = randomUUID()
    const subject = randomUUID()
    const broken = ask(key, async (keyed) => {
      await keyed.db.transaction((tx) => keyed.reach(tx, 'half-way', subject))
      await terminate(await backendOf(keyed.db))
    })
    await expect(broken).rejects.toMatchObject({ status: 503 })
    await ask(key, async (keyed) => expect([keyed.point, keyed.subject]).toEqual(['half-way', subject]))
    expect(await effects(key)).toBe(1)
  })

  it('leaves no lock in the pool, whatever its work throws', async () => {
    const failing = Array.from({ length: 12 }, () =>
      ask(randomUUID(), () => Promise.reject(new Error('no'))).catch(() => undefined),
    )
    await Promise.all(failing)
    expect((await db.row<{ n: number }>(locks))?.n).toBe(0)
  })

  it('that cannot give back its lock gives up its connection', async () => {
    const key = randomUUID()
    const stuck = ask(key, async (keyed) => {
      // A transaction left open and failed, in which no statement works any more: neither does the unlocking.
      await keyed.db.count(statement('t-begin', 'begin'))
      await keyed.db.count(statement('t-fail', 'select 1 / 0'))
    })
    await expect(stuck).rejects.toThrow('division by zero')
    await until('the lock is gone', async () => (await db.row<{ n: number }>(locks))?.n === 0, 2_000)
    await ask(key, async () => undefined)
  })
})

describe('an outbox', () => {
  it('keeps the order of each subject, over failures, relays and lanes', async () => {
    const handled = new Map<string, number[]>()
    let failures = 0
    const handle = async ({ subject, payload }: OutboxMessage) => {
      await sleep(2)
      const { n } = payload as { n: number }
      if (n === 1 && failures++ < 3) throw new Error('not yet')
      handled.set(subject, [...(handled.get(subject) ?? []), n])
    }
    const relays = [new Outbox(db, { test: handle }, log), new Outbox(db, { test: handle }, log)]
    const subjects = Array.from({ length: 5 }, () => randomUUID())
    const [outbox] = relays as [Outbox, Outbox]
    for (const subject of subjects)
      await db.transaction(async (tx) => {
        for (const n of [0, 1, 2, 3]) await outbox.add(tx, { topic: 'test', subject, payload: { n } })
      })
    const stop = new AbortController()
    const workers = relays.map((relay) => relay.worker(2).run(stop.signal))
    await until('all is handled', async () => (await outbox.lag()).waiting === 0)
    stop.abort()
    await Promise.all(workers)
    expect([...handled.values()]).toEqual(subjects.map(() => [0, 1, 2, 3]))
  })

  it('holds a message back as long as it was told', async () => {
    const outbox = new Outbox(db, { late: async () => undefined }, log)
    await outbox.add(db, { topic: 'late', subject: randomUUID(), payload: {}, delayMs: 300 })
    const signal = new AbortController().signal
    expect(await outbox.deliverOne(signal)).toBe(false)
    await sleep(350)
    expect(await outbox.deliverOne(signal)).toBe(true)
  })
})
