import { z } from 'zod'
import { type Answer, CallFailed, type Client } from '../../kit/client.ts'
import { unavailable } from '../../kit/problem.ts'
import type { Outcome } from '../entities/payment.ts'

const charge = z.object({
  key: z.string(),
  amount: z.int(),
  currency: z.string(),
  reference: z.string(),
  status: z.enum(['succeeded', 'declined', 'refunded']),
  reason: z.string().nullish(),
})
const declined = z.object({ reason: z.string().default('declined') })

export type Charge = z.output<typeof charge>

export interface Asked {
  key: string
  amount: number
  currency: string
  token: string
  /** The order. */
  reference: string
}

/** What sales asks of the card processor. */
export class Processor {
  readonly #client: Client
  readonly #patienceMs: number

  constructor(client: Client, patienceMs: number) {
    this.#client = client
    this.#patienceMs = patienceMs
  }

  /** Undefined when nobody knows whether the money moved: no answer in time, a broken connection, a 5xx. */
  async charge({ key, ...body }: Asked): Promise<Outcome | undefined> {
    const headers = { 'idempotency-key': key }
    const answer = await this.#client
      .call({ method: 'POST', path: '/charges', body, headers, timeoutMs: this.#patienceMs })
      .catch((error: unknown) => {
        if (error instanceof CallFailed) return undefined
        throw error
      })
    if (answer === undefined || answer.status >= 500 || answer.status === 429) return undefined
    if (answer.status === 201) return { status: 'succeeded' }
    if (answer.status === 402) return { status: 'declined', reason: declined.parse(answer.body).reason }
    return { status: 'declined', reason: 'refused' }
  }

  /** Undefined when it never arrived. @throws Problem 503 without an answer. */
  async find(key: string): Promise<Charge | undefined> {
    const answer = await this.#ask('GET', `/charges/${key}`)
    return answer.status === 404 ? undefined : charge.parse(answer.body)
  }

  /** The money is back, or had never moved. @throws Problem 503 when that is not sure. */
  async refund(key: string): Promise<void> {
    const { status } = await this.#ask('POST', `/charges/${key}/refund`)
    if (status === 200 || status === 404 || status === 409) return
    throw unavailable(`The card processor answered ${status}.`)
  }

  /** All charges, or those of one order; oldest first. @throws Problem 503 without an answer. */
  async *charges(reference?: string): AsyncGenerator<Charge> {
    const page = z.object({ items: z.array(charge), next: z.string().nullable() })
    let cursor: string | null = null
    do {
      const query = new URLSearchParams({ limit: '100' })
      if (reference !== undefined) query.set('reference', reference)
      if (cursor !== null) query.set('cursor', cursor)
      const { items, next }: z.output<typeof page> = page.parse((await this.#ask('GET', `/charges?${query}`)).body)
      yield* items
      cursor = next
    } while (cursor !== null)
  }

  #ask(method: 'GET' | 'POST', path: string): Promise<Answer> {
    return this.#client.expect({ method, path, timeoutMs: 3_000 })
  }
}

/** What a charge that exists says of its payment. */
export function outcomeOf({ status, reason }: Charge): Outcome {
  return status === 'declined' ? { status, reason: reason ?? 'declined' } : { status: 'succeeded' }
}
