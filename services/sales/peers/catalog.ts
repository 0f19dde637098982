import { z } from 'zod'
import type { Answer, Client } from '../../kit/client.ts'
import { unavailable } from '../../kit/problem.ts'
import type { ReservedLine } from '../repositories/lines.ts'

const money = z.object({ amount: z.int().min(0), currency: z.string() })
const seller = z.object({ id: z.uuid(), name: z.string() })
const held = z.object({
  expiresAt: z.coerce.date(),
  lines: z.array(
    z.object({ bookId: z.uuid(), title: z.string(), author: z.string(), seller, unitPrice: money, quantity: z.int() }),
  ),
})
const refusal = z.object({
  code: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
})
const book = z.object({
  id: z.uuid(),
  title: z.string(),
  author: z.string(),
  seller,
  price: money,
  stock: z.int(),
  cover: z.unknown(),
})
const reservation = z.object({
  state: z.enum(['held', 'kept', 'sold', 'released', 'expired']),
  expiresAt: z.coerce.date().nullish(),
})

export type Book = z.output<typeof book>
export type Refusal = z.output<typeof refusal> & { status: number }
export type Reservation = z.output<typeof reservation>
export type Reserved =
  | { held: true; expiresAt: Date; currencies: ReadonlySet<string>; lines: (ReservedLine & { quantity: number })[] }
  | { held: false; refusal: Refusal }

const lookupAtMost = 50

/** What sales asks of the catalog's second socket. Every call may be repeated; all throw Problem 503 without an answer. */
export class Catalog {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  #ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    return this.#client.expect({ method, path, timeoutMs: 3_000, ...(body !== undefined && { body }) })
  }

  /** Holds the books for the order: the same answer for the same order. */
  async reserve(
    orderId: string,
    buyerId: string,
    lines: readonly { bookId: string; quantity: number }[],
  ): Promise<Reserved> {
    const asked = lines.map(({ bookId, quantity }) => ({ bookId, quantity }))
    const { status, body } = await this.#ask('PUT', `/reservations/${orderId}`, { buyerId, lines: asked })
    if (status !== 200) return { held: false, refusal: { ...refusal.parse(body), status } }
    const parsed = held.parse(body)
    return {
      held: true,
      expiresAt: parsed.expiresAt,
      currencies: new Set(parsed.lines.map((line) => line.unitPrice.currency)),
      lines: parsed.lines.map(({ unitPrice, ...line }) => ({ ...line, unitAmount: unitPrice.amount })),
    }
  }

  /** False when there is nothing to keep any more. */
  keep(orderId: string): Promise<boolean> {
    return this.#turn('POST', `/reservations/${orderId}/keep`)
  }

  /** False when there is nothing to sell any more. */
  confirm(orderId: string): Promise<boolean> {
    return this.#turn('POST', `/reservations/${orderId}/confirm`)
  }

  /** False when there is nothing that could expire. */
  expireAgain(orderId: string): Promise<boolean> {
    return this.#turn('POST', `/reservations/${orderId}/expire-again`)
  }

  async release(orderId: string): Promise<void> {
    if (!(await this.#turn('DELETE', `/reservations/${orderId}`)))
      throw unavailable('The catalog does not release a reservation.')
  }

  async #turn(method: 'POST' | 'DELETE', path: string): Promise<boolean> {
    const { status } = await this.#ask(method, path)
    if (status < 300) return true
    if (status === 404 || status === 409) return false
    throw unavailable(`The catalog answered ${status}.`)
  }

  /** Undefined when it never came. */
  async reservation(orderId: string): Promise<Reservation | undefined> {
    const { status, body } = await this.#ask('GET', `/reservations/${orderId}`)
    if (status === 404) return undefined
    if (status !== 200) throw unavailable(`The catalog answered ${status}.`)
    return reservation.parse(body)
  }

  /** Pages of the orders for which the catalog has taken books. */
  async *reservedOrders(): AsyncGenerator<string[]> {
    const page = z.object({ items: z.array(z.object({ orderId: z.uuid() })), next: z.string().nullable() })
    let cursor: string | null = null
    do {
      const query = new URLSearchParams({ limit: '100', ...(cursor !== null && { cursor }) })
      const { status, body } = await this.#ask('GET', `/reservations?${query}`)
      if (status !== 200) throw unavailable(`The catalog answered ${status}.`)
      const { items, next }: z.output<typeof page> = page.parse(body)
      yield items.map(({ orderId }) => orderId)
      cursor = next
    } while (cursor !== null)
  }

  /** Those of the books that are on sale, by id. */
  async lookup(ids: readonly string[]): Promise<Map<string, Book>> {
    if (ids.length === 0) return new Map()
    const { status, body } = await this.#ask('POST', '/books/lookup', { ids: ids.slice(0, lookupAtMost) })
    if (status !== 200) throw unavailable(`The catalog answered ${status}.`)
    const { items } = z.object({ items: z.array(book) }).parse(body)
    return new Map(items.map((item) => [item.id, item]))
  }
}
