import { randomUUID } from 'node:crypto'
import type { Reply } from './shop.ts'

/** Anything that answers requests as a site does. */
export interface Site {
  request(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Reply>
}

export interface Shopper {
  id: string
  email: string
  password: string
  bearer: Record<string, string>
}

export const address = {
  name: 'Ana García',
  street: 'Calle Mayor 1',
  city: 'Madrid',
  region: 'Madrid',
  postalCode: '28013',
  country: 'ES',
}

function expectStatus(reply: Reply, status: number, what: string): Reply {
  if (reply.status !== status) throw new Error(`${what}: ${reply.status} ${JSON.stringify(reply.body)}`)
  return reply
}

/** Registers and logs in somebody new. */
export async function newShopper(site: Site): Promise<Shopper> {
  const email = `${randomUUID()}@example.com`
  const password = `correct horse ${randomUUID()}`
  const { body: user } = expectStatus(
    await site.request('POST', '/api/auth/register', { body: { email, password, name: 'Ana García' } }),
    201,
    'register',
  )
  const { body: session } = expectStatus(
    await site.request('POST', '/api/auth/login', { body: { email, password } }),
    200,
    'log in',
  )
  return { id: user.id, email, password, bearer: { authorization: `Bearer ${session.accessToken}` } }
}

/** Puts a book on sale and gives back its id. */
export async function sell(site: Site, seller: Shopper, stock: number): Promise<string> {
  const body = {
    title: `La última copia ${randomUUID().slice(0, 8)}`,
    author: 'Ana García',
    description: 'Un ejemplar de prueba.',
    language: 'es',
    year: 1999,
    price: { amount: 1250, currency: 'USD' },
    stock,
    condition: 'good',
  }
  return expectStatus(await site.request('POST', '/api/catalog/books', { body, headers: seller.bearer }), 201, 'sell')
    .body.id
}

/** The cheapest way to have something brought to `address`. */
export async function deliveryProvider(site: Site): Promise<string> {
  const { body } = expectStatus(await site.request('GET', '/api/sales/delivery-providers'), 200, 'delivery providers')
  return body.items[0].id
}

export function order(site: Site, buyer: Shopper, bookId: string, provider: string, key: string): Promise<Reply> {
  const body = { lines: [{ bookId, quantity: 1 }], deliveryProvider: provider, address }
  return site.request('POST', '/api/sales/orders', { body, headers: { ...buyer.bearer, 'idempotency-key': key } })
}

export function pay(site: Site, buyer: Shopper, orderId: string, key: string, token = 'tok_ok'): Promise<Reply> {
  const body = { method: { type: 'card', token } }
  return site.request('POST', `/api/sales/orders/${orderId}/payment`, {
    body,
    headers: { ...buyer.bearer, 'idempotency-key': key },
  })
}

/** Runs `work` over `items`, at most `width` at a time. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length)
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index] as Item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  return results
}
