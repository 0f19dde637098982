import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createLog } from '../../services/kit/log.ts'
import { migrate } from '../../services/kit/migrate.ts'
import { Secret } from '../../services/kit/secret.ts'
import { asSuperuser, createDatabase, repositoryRoot, type TestDatabase } from '../support/postgres.ts'

const migrations = join(repositoryRoot, 'services/sales/migrations')
const [first, second] = ['0001_orders.sql', '0002_addresses_and_shipments.sql']

let database: TestDatabase
let before: string

beforeEach(async () => {
  database = await createDatabase(inject('cluster'), 'sales')
  before = await mkdtemp(join(tmpdir(), 'bookstore-migrations-'))
  await cp(join(migrations, first), join(before, first))
})
afterEach(() => rm(before, { recursive: true, force: true }))

const apply = (folder: string) =>
  migrate({ folder, url: database.url, password: new Secret(database.password), log: createLog('sales', 'silent') })
const sql = (text: string) =>
  asSuperuser(inject('cluster'), database.role, async (client) => (await client.query(text)).rows)

const [clara, fermin] = [randomUUID(), randomUUID()]

/** An order as the code of the first migration writes it: two books of one seller, one of another. */
async function addOrder(status: string, events: readonly string[]): Promise<string> {
  const id = randomUUID()
  await sql(`insert into orders (id, number, buyer_id, status, currency, items_amount, delivery_amount, provider_id,
    provider_name, address) values ('${id}', '${id}', '${randomUUID()}', '${status}', 'USD', 3, 1, 'p', 'P', '{}')`)
  for (const [position, seller] of [clara, clara, fermin].entries())
    await sql(`insert into order_lines (order_id, position, book_id, quantity, title, author, seller_id, seller_name,
      unit_amount) values ('${id}', ${position}, '${randomUUID()}', 1, 'T', 'A', '${seller}', 'S', 1)`)
  for (const [day, event] of events.entries())
    await sql(`insert into order_events (order_id, at, event) values ('${id}', '2026-11-0${day + 1}', '${event}')`)
  return id
}

describe('the second migration of sales', () => {
  it('gives each seller their part of the orders that were paid before, handed over when they were shipped', async () => {
    await apply(before)
    await addOrder('reserved', ['placed'])
    await addOrder('refunded', ['placed', 'paid', 'cancelled', 'refunded'])
    const waiting = await addOrder('paid', ['placed', 'paid'])
    const delivered = await addOrder('delivered', ['placed', 'paid', 'shipped', 'delivered'])
    await apply(migrations)
    const parts = await sql(
      `select order_id, seller_id, paid_at::date::text as paid, shipped_at::date::text as shipped from shipments`,
    )
    const ofEach = (order_id: string, shipped: string | null) =>
      [clara, fermin].map((seller_id) => ({ order_id, seller_id, paid: '2026-11-02', shipped }))
    const expected = [...ofEach(waiting, null), ...ofEach(delivered, '2026-11-03')]
    expect(parts).toHaveLength(expected.length)
    expect(parts).toEqual(expect.arrayContaining(expected))
  })

  it('keeps a second default out of an address book by itself', async () => {
    await apply(migrations)
    const add = (isDefault: boolean) =>
      sql(
        `insert into addresses (id, owner_id, address, is_default) values ('${randomUUID()}', '${clara}', '{}', ${isDefault})`,
      )
    await add(true)
    await add(false)
    await expect(add(true)).rejects.toMatchObject({ code: '23505' })
  })
})

describe('the third migration of sales', () => {
  it('leaves of addresses that say the same the default, or else the newest', async () => {
    await cp(join(migrations, second), join(before, second))
    await apply(before)
    const add = async (street: string, owner: string, isDefault = false) => {
      const id = randomUUID()
      await sql(
        `insert into addresses (id, owner_id, address, is_default) values ('${id}', '${owner}', '{"street": "${street}"}', ${isDefault})`,
      )
      return id
    }
    const kept = [await add('a', clara, true), await add('a', fermin)]
    await add('a', clara)
    await add('b', clara)
    await add('b', clara)
    kept.push(await add('b', clara), await add('c', clara))
    await apply(migrations)
    const rows = await sql('select id from addresses')
    expect(rows.map(({ id }) => id).sort()).toEqual(kept.sort())
  })
})
