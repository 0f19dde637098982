import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Checkpoint } from '../../services/sales/hooks.ts'
import { type Reply, startShop, type TestShop, until } from '../support/shop.ts'
import { buildCrashingSales, type CrashingSales } from './fixtures/crashing-sales.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let crashing: CrashingSales
let shop: TestShop
let market: Market
let seller: Person
let buyer: Person
let book: string

const stock = 1_000
const price = 1250
const delivery = 490

beforeAll(async () => {
  crashing = await buildCrashingSales()
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    scripts: { sales: crashing.script },
    env: {
      sales: { ...crashing.env, BOOKSTORE_PAYMENT_PATIENCE_MS: '400', BOOKSTORE_COURIER_SECONDS: '3600' },
      payments: { BOOKSTORE_PAYMENTS_SLOW_MS: '800', BOOKSTORE_PAYMENTS_LATE_MS: '200' },
    },
  })
  market = new Market(shop, inject('cluster'))
  ;[seller, buyer] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
  book = await market.book(seller, stock, price)
})
afterAll(async () => {
  await shop?.close()
  await crashing?.remove()
})

const unanswered = () => undefined

/** Asks until there is an answer that stands: not of a dead process, not of one that still holds the key, not "not known yet". */
async function answerOf(ask: () => Promise<Reply>): Promise<Reply> {
  let reply: Reply | undefined
  await until('an answer that stands', async () => {
    reply = await ask().catch(unanswered)
    return (
      reply !== undefined && reply.status !== 202 && reply.status !== 503 && reply.body?.code !== 'request-in-flight'
    )
  })
  return reply as Reply
}

const isArmed = () => existsSync(crashing.env.CRASH_FILE as string)

/** Kills sales at a checkpoint while it works on `ask`, and starts it again. False when it never came there. */
async function killAt(checkpoint: Checkpoint, ask: () => Promise<Reply>): Promise<boolean> {
  await crashing.arm(checkpoint)
  const died = shop.ended('sales')
  const asked = ask().catch(unanswered)
  await Promise.race([died, asked.then(() => sleep(5_000))])
  if (isArmed()) return false
  await died
  await shop.start('sales')
  return true
}

/** The answer to `ask` after sales was killed at a checkpoint of it. */
async function crashAt(checkpoint: Checkpoint, ask: () => Promise<Reply>): Promise<Reply> {
  expect(await killAt(checkpoint, ask), `sales never came to ${checkpoint}`).toBe(true)
  return answerOf(ask)
}

/** Every book is in stock, or held or sold for an order that stands. */
async function stockAddsUp(): Promise<void> {
  const [row] = await market.sql<{ out: number }>(
    'sales',
    `select coalesce(sum(l.quantity), 0)::int as out from orders o join order_lines l on l.order_id = o.id
     where o.status not in ('cancelled', 'refunded')`,
  )
  expect((await market.stock(book)) + (row?.out ?? 0)).toBe(stock)
}

/** Every charge belongs to an order that was paid, and nothing was taken twice. */
async function moneyAddsUp(): Promise<void> {
  const [row] = await market.sql<{ due: number }>(
    'sales',
    `select coalesce(sum(items_amount + delivery_amount), 0)::int as due from orders where status in ('paid', 'shipped', 'delivered')`,
  )
  const ledger = await shop.request('payments', 'GET', '/ledger?currency=USD', { internal: true })
  expect(ledger.body.balance).toBe(row?.due)
}

async function everythingAddsUp(): Promise<void> {
  await market.settled()
  await stockAddsUp()
  await moneyAddsUp()
}

const eventsOf = (order: { timeline: { event: string }[] }) => order.timeline.map(({ event }) => event)

describe('placing an order survives a kill at', () => {
  it.each<Checkpoint>([
    'create:begun',
    'create:pending',
    'reserve:before-call',
    'reserve:after-call',
    'reserve:before-commit',
    'reserve:committed',
  ])('%s', async (checkpoint) => {
    const person = await market.person()
    const key = randomUUID()
    const reply = await crashAt(checkpoint, () => market.order(person, orderOf(book), key))
    expect(reply).toMatchObject({ status: 201, body: { status: 'reserved' } })
    await everythingAddsUp()
    expect((await market.get(person, 'orders')).body.items).toHaveLength(1)
    expect(await market.order(person, orderOf(book), key)).toMatchObject({ status: 201, body: reply.body })
  })
})

/** Pays a fresh order while `dying` kills sales, and checks that it was paid once, for good. */
async function pays(token: string, dying: (ask: () => Promise<Reply>) => Promise<Reply>): Promise<void> {
  const { id } = await market.reserved(buyer, book)
  const key = randomUUID()
  const reply = await dying(() => market.pay(buyer, id, token, key))
  expect(reply).toMatchObject({ status: 200, body: { status: 'paid' } })
  await everythingAddsUp()
  const order = (await market.get(buyer, `orders/${id}`)).body
  expect(order).toMatchObject({ status: 'paid', delivery: { status: 'scheduled' }, payment: { status: 'succeeded' } })
  expect(eventsOf(order).filter((event) => event === 'paid' || event === 'delivery-scheduled')).toHaveLength(2)
  expect(await market.ledger(id)).toEqual({
    charges: 1,
    charged: price + delivery,
    refunded: 0,
    balance: price + delivery,
  })
  expect(await market.reservation(id)).toBe('sold')
  const replay = await market.pay(buyer, id, token, key)
  expect(replay).toMatchObject({ status: 200, headers: { 'idempotent-replay': 'true' }, body: { id } })
}

const untilCharged = [
  'pay:begun',
  'pay:paying',
  'keep:before-call',
  'keep:after-call',
  'charge:before-call',
  'charge:after-call',
] as const satisfies Checkpoint[]
const known = ['settle:before-commit', 'settle:committed'] as const satisfies Checkpoint[]
const told = ['webhook:before-commit', 'webhook:committed'] as const satisfies Checkpoint[]
const delivering = [
  'confirm:before-call',
  'confirm:after-call',
  'deliver:before-commit',
] as const satisfies Checkpoint[]

describe.each<[string, readonly Checkpoint[]]>([
  ['tok_ok', [...untilCharged, ...known, ...told, ...delivering]],
  ['tok_lost', [...untilCharged, ...told]],
  ['tok_twice', [...untilCharged, ...known, ...told]],
  ['tok_slow', [...untilCharged, ...told]],
])('paying with %s survives a kill at', (token, checkpoints) => {
  it.each(checkpoints)('%s', (checkpoint) => pays(token, (ask) => crashAt(checkpoint, ask)))
})

it.each<[string, Checkpoint[]]>([
  ['tok_lost', ['charge:after-call', 'webhook:before-commit']],
  ['tok_ok', ['pay:paying', 'keep:after-call', 'charge:before-call', 'settle:before-commit', 'webhook:committed']],
])('paying with %s survives several kills: %j', (token, checkpoints) =>
  pays(token, async (ask) => {
    // A worker may have been there before, while the process had just started: then there is nothing left to kill.
    for (const checkpoint of checkpoints) await killAt(checkpoint, ask)
    await crashing.disarm()
    return answerOf(ask)
  }),
)

describe('a declined payment survives a kill at', () => {
  it.each<Checkpoint>([...untilCharged, ...known, ...told, 'expire-again:before-call', 'expire-again:after-call'])(
    '%s',
    async (checkpoint) => {
      const { id } = await market.reserved(buyer, book)
      const key = randomUUID()
      const reply = await crashAt(checkpoint, () => market.pay(buyer, id, 'tok_declined', key))
      expect(reply).toMatchObject({ status: 402, body: { code: 'declined', reason: 'insufficient-funds' } })
      await everythingAddsUp()
      expect(await market.ledger(id)).toMatchObject({ charges: 1, charged: 0 })
      expect(await market.reservation(id)).toBe('held')
      expect(await market.pay(buyer, id, 'tok_ok')).toMatchObject({ status: 200, body: { status: 'paid' } })
      await everythingAddsUp()
    },
  )
})

describe('handing over survives a kill at', () => {
  it.each<Checkpoint>(['ship:before-commit', 'ship:committed'])('%s', async (checkpoint) => {
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    const reply = await crashAt(checkpoint, () => market.ask('POST', `/sales/shipments/${id}`, seller))
    expect(reply).toMatchObject({ status: 200, body: { status: 'shipped', shippedAt: expect.any(String) } })
    await everythingAddsUp()
    const order = (await market.get(buyer, `orders/${id}`)).body
    expect(order).toMatchObject({ status: 'shipped', delivery: { status: 'in-transit' } })
    expect(eventsOf(order).filter((event) => event === 'shipped' || event === 'delivery-scheduled')).toHaveLength(2)
  })
})

describe('cancelling a paid order survives a kill at', () => {
  it.each<Checkpoint>([
    'cancel:begun',
    'cancel:before-commit',
    'cancel:committed',
    'refund:before-call',
    'refund:after-call',
    'refund:before-commit',
    'refund:committed',
    'release:before-call',
    'release:after-call',
  ])('%s', async (checkpoint) => {
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    const reply = await crashAt(checkpoint, () => market.cancel(buyer, id))
    expect(reply).toMatchObject({ status: 200 })
    const order = await market.reaches(buyer, id, 'refunded')
    expect(eventsOf(order).filter((event) => event === 'refunded' || event === 'cancelled')).toHaveLength(2)
    await everythingAddsUp()
    expect(await market.ledger(id)).toMatchObject({ charges: 1, balance: 0 })
    expect(await market.reservation(id)).toBe('released')
  })
})

describe('cancelling a reserved order survives a kill at', () => {
  it.each<Checkpoint>([
    'cancel:begun',
    'cancel:before-commit',
    'cancel:committed',
    'release:before-call',
    'release:after-call',
  ])('%s', async (checkpoint) => {
    const { id } = await market.reserved(buyer, book)
    const reply = await crashAt(checkpoint, () => market.cancel(buyer, id))
    expect(reply).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    await everythingAddsUp()
    expect(await market.reservation(id)).toBe('released')
  })
})
