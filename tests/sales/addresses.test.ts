import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Reply, startShop, type TestShop } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let shop: TestShop
let market: Market
let ana: Person

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'sales'], instances: { sales: 2 } })
  market = new Market(shop, inject('cluster'))
  ana = await market.person()
})
afterAll(() => shop?.close())

const { address } = orderOf(randomUUID())
const at = (street: string, more: object = {}) => ({ ...address, street, ...more })

const add = (person: Person, body: unknown, instance = 1) =>
  market.ask('POST', '/sales/addresses', person, { body, instance })
const change = (person: Person, id: string, body: unknown, instance = 1) =>
  market.ask('PUT', `/sales/addresses/${id}`, person, { body, instance })
const remove = (person: Person, id: string, instance = 1) =>
  market.ask('DELETE', `/sales/addresses/${id}`, person, { instance })

/** As [street, isDefault], in the order in which they are listed. */
const listed = async (person: Person): Promise<[string, boolean][]> =>
  (await market.get(person, 'addresses')).body.items.map((item: Reply['body']) => [item.street, item.isDefault])

/** A person with addresses: their ids, in the order in which they came. */
async function personAt(...streets: string[]): Promise<{ person: Person; ids: string[] }> {
  const person = await market.person()
  const ids: string[] = []
  for (const street of streets) ids.push((await add(person, at(street))).body.id)
  return { person, ids }
}

const hidden = { status: 404, body: { code: 'not-found' } }

describe('an address book', () => {
  it('starts empty; what comes in is listed, the default first, then the newest', async () => {
    const { person } = await personAt()
    expect((await market.get(person, 'addresses')).body).toEqual({ items: [] })
    const first = await add(person, at('Rúa 1', { name: '  Ana ', isDefault: false }))
    const { id } = first.body
    expect(first).toMatchObject({ status: 201, headers: { location: `/sales/addresses/${id}` } })
    expect(first.body).toEqual({ id, ...at('Rúa 1', { name: 'Ana' }), isDefault: true })
    await add(person, at('Rúa 2'))
    await add(person, at('Rúa 3'))
    expect(await listed(person)).toEqual([
      ['Rúa 1', true],
      ['Rúa 3', false],
      ['Rúa 2', false],
    ])
    expect(await add(person, at('Rúa 4', { isDefault: true }))).toMatchObject({
      status: 201,
      body: { isDefault: true },
    })
    expect((await listed(person)).slice(0, 2)).toEqual([
      ['Rúa 4', true],
      ['Rúa 3', false],
    ])
  })

  it('changes an address, which stays the default, or not, unless it says otherwise', async () => {
    const { person, ids } = await personAt('one', 'two', 'three')
    const [one, two] = ids as [string, string]
    expect(await change(person, one, at('1'))).toMatchObject({
      status: 200,
      body: { id: one, street: '1', isDefault: true },
    })
    expect(await change(person, two, at('2', { isDefault: true }))).toMatchObject({ body: { isDefault: true } })
    expect(await listed(person)).toEqual([
      ['2', true],
      ['three', false],
      ['1', false],
    ])
    expect(await change(person, two, at('2', { isDefault: false }))).toMatchObject({ body: { isDefault: false } })
    expect(await listed(person)).toEqual([
      ['three', true],
      ['2', false],
      ['1', false],
    ])
  })

  it('that holds one address has its default in it, whatever it says of itself', async () => {
    const { person, ids } = await personAt('only')
    expect(await change(person, ids[0] as string, at('only', { isDefault: false }))).toMatchObject({
      status: 200,
      body: { isDefault: true },
    })
  })

  it('makes the newest the default when the default goes; the last one leaves it empty', async () => {
    const { person, ids } = await personAt('one', 'two', 'three')
    const [one, two, three] = ids as [string, string, string]
    expect((await remove(person, two)).status).toBe(204)
    expect((await remove(person, one)).status).toBe(204)
    expect(await listed(person)).toEqual([['three', true]])
    expect(await remove(person, one)).toMatchObject(hidden)
    expect((await remove(person, three)).status).toBe(204)
    expect(await listed(person)).toEqual([])
  })

  it('says everything once: what is added again is there already, what is changed into another becomes one with it', async () => {
    const { person, ids } = await personAt('one', 'two', 'three')
    const [one, two, three] = ids as [string, string, string]
    expect(await add(person, at(' two '))).toMatchObject({ status: 200, body: { id: two, isDefault: false } })
    expect(await add(person, at('two', { isDefault: true }))).toMatchObject({
      status: 200,
      body: { id: two, isDefault: true },
    })
    expect((await add(person, at('two', { city: 'Comala' }))).status).toBe(201)
    expect(await change(person, three, at('two'))).toMatchObject({ status: 200, body: { id: three, isDefault: true } })
    expect(await listed(person)).toEqual([
      ['two', true],
      ['two', false],
      ['one', false],
    ])
    expect(await change(person, two, at('two'))).toMatchObject(hidden)
    expect(await change(person, one, at('two', { isDefault: false }))).toMatchObject({
      status: 200,
      body: { id: one, isDefault: false },
    })
    expect(await listed(person)).toEqual([
      ['two', true],
      ['two', false],
    ])
  })

  it('is nobody else’s business', async () => {
    const { person, ids } = await personAt('mine')
    const [id] = ids as [string]
    for (const wrong of [id, randomUUID(), '1', `${id}'--`, '%00']) {
      expect(await change(ana, wrong, at('theirs')), wrong).toMatchObject(hidden)
      expect(await remove(ana, wrong), wrong).toMatchObject(hidden)
    }
    expect(await listed(person)).toEqual([['mine', true]])
    const told = await market.get(ana, 'addresses')
    expect(JSON.stringify(told.body)).not.toContain('mine')
  })

  it('lets nobody in without a token', async () => {
    for (const [method, path] of [
      ['GET', '/sales/addresses'],
      ['POST', '/sales/addresses'],
      ['PUT', `/sales/addresses/${randomUUID()}`],
      ['DELETE', `/sales/addresses/${randomUUID()}`],
    ] as const)
      expect((await shop.request('sales', method, path, { body: address })).status, `${method} ${path}`).toBe(401)
  })

  it('keeps hostile text as it is', async () => {
    const { person } = await personAt()
    const street = `<script>alert('x')</script> "; drop table addresses; -- ‮ 日本 𝒳`
    expect(await add(person, at(street))).toMatchObject({ status: 201, body: { street } })
    expect(await listed(person)).toEqual([[street, true]])
  })

  it.each<[string, object | null, string]>([
    ['no such country', { country: 'XX' }, 'country'],
    ['no street', { street: ' ' }, 'street'],
    ['a NUL', { name: 'a\0b' }, 'name'],
    ['half a character', { city: '\ud83d' }, 'city'],
    ['too long a name', { name: 'x'.repeat(121) }, 'name'],
    ['an id of its own', { id: randomUUID() }, 'id'],
    ['another owner', { ownerId: randomUUID() }, 'ownerId'],
    ['a default that is no boolean', { isDefault: 'yes' }, 'isDefault'],
    ['nothing', null, ''],
  ])('refuses an address with %s', async (_, more, field) => {
    const { person, ids } = await personAt('good')
    const body = more === null ? [] : { ...address, ...more }
    const refused = { status: 422, body: { code: 'invalid-body', errors: [{ field }] } }
    expect(await add(person, body)).toMatchObject(refused)
    expect(await change(person, ids[0] as string, body)).toMatchObject(refused)
    expect(await listed(person)).toEqual([['good', true]])
  })
})

describe('at the same time, in two processes,', () => {
  const instanceOf = (index: number) => (index % 2) + 1
  const defaults = (list: readonly [string, boolean][]) => list.filter(([, isDefault]) => isDefault).length

  it('thirty addresses, all of which want to be the default: twenty stay, one is it', async () => {
    const person = await market.person()
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, n) => add(person, at(`Rúa ${n}`, { isDefault: n % 3 > 0 }), instanceOf(n))),
    )
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(20)
    for (const reply of replies.filter(({ status }) => status !== 201))
      expect(reply).toMatchObject({ status: 409, body: { code: 'too-many-addresses' } })
    const list = await listed(person)
    expect([list.length, defaults(list)]).toEqual([20, 1])
  })

  it('check-outs that save the same address save it once', async () => {
    const person = await market.person()
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, n) => add(person, at('Rúa 1', { isDefault: n > 9 }), instanceOf(n))),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array(11).fill(200), 201])
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1)
    expect(await listed(person)).toEqual([['Rúa 1', true]])
  })

  it('changes and removals leave one default, and the last removal none', async () => {
    const { person, ids } = await personAt('1', '2', '3', '4', '5', '6', '7', '8')
    const replies = await Promise.all(
      ids.flatMap((id, n) => [
        change(person, id, at(`new ${n}`, { isDefault: true }), 1),
        ...(n < 5 ? [remove(person, id, 2)] : []),
        change(person, id, at(`newer ${n}`, { isDefault: false }), 2),
      ]),
    )
    for (const { status } of replies) expect([200, 204, 404]).toContain(status)
    const list = await listed(person)
    expect([list.length, defaults(list)]).toEqual([3, 1])
    await Promise.all(ids.flatMap((id) => [remove(person, id, 1), remove(person, id, 2)]))
    expect(await listed(person)).toEqual([])
  })
})
