import type { Context } from '../../engine/resource.ts'
import { Secret } from '../../engine/secret.ts'
import type { CertificateStore, Order } from '../kept/store.ts'
import { newKey } from '../key-pair.ts'
import type { AcmeClient, AcmeOrder } from './client.ts'
import { AcmeProblem } from './problem.ts'

export interface OrderWish {
  /** URL of the authority's directory. */
  authority: string
  names: readonly string[]
  profile?: string
  /** Identifier of the certificate that is renewed (RFC 9773, section 5): lifts rate limits. */
  replaces?: string
}

/** An order as it is kept: what is changed here is on the disk before anything else happens. */
export class KeptOrder {
  #value: Order
  readonly #store: CertificateStore

  constructor(value: Order, store: CertificateStore) {
    this.#value = value
    this.#store = store
  }

  get value(): Order {
    return this.#value
  }

  async change(part: Partial<Order>): Promise<void> {
    this.#value = { ...this.#value, ...part }
    await this.#store.saveOrder(this.#value)
  }

  async remove(): Promise<void> {
    await this.#store.removeOrder(this.#value.authority)
  }
}

export interface OpenOrder {
  kept: KeptOrder
  /** As the authority has it. */
  state: AcmeOrder
}

/** True when a kept order asks for what is wanted now. */
export function asksFor(order: Order, { authority, names, profile }: OrderWish): boolean {
  const same = JSON.stringify([...order.names].sort()) === JSON.stringify([...names].sort())
  return same && order.authority === authority && order.profile === profile && !order.over
}

/**
 * The order that a killed run left, if it can still lead to a certificate; else a new one. The key is kept before the
 * order is placed, and the order's URL as soon as it is known, so that the same order and key are gone on with.
 *
 * @param found What a run before has kept for this authority. TXT values that it left go on to the new order.
 */
export async function openOrder(
  client: AcmeClient,
  wish: OrderWish,
  found: Order | undefined,
  store: CertificateStore,
  ctx: Context,
): Promise<OpenOrder> {
  const usable = found && asksFor(found, wish) ? found : undefined
  const state = usable?.url === undefined ? undefined : await look(client, usable.url, ctx)
  if (usable && state) return { kept: new KeptOrder(usable, store), state }
  const { authority, names, profile } = wish
  const key = usable && usable.url === undefined ? usable.key : new Secret(newKey())
  const values = found?.values ?? []
  const kept = new KeptOrder({ authority, names, key, values, ...(profile === undefined ? {} : { profile }) }, store)
  await kept.change({})
  const placed = await place(client, wish)
  await kept.change({ url: placed.url })
  return { kept, state: placed }
}

/** `undefined` for an order that is lost: failed, expired, or forgotten by the authority. */
async function look(client: AcmeClient, url: string, ctx: Context): Promise<AcmeOrder | undefined> {
  try {
    const state = await client.order(url)
    const expired = state.expires !== undefined && Date.parse(state.expires) <= ctx.clock.now().getTime()
    return state.status === 'invalid' || (expired && state.status !== 'valid') ? undefined : state
  } catch (error) {
    if (error instanceof AcmeProblem && gone.includes(error.status)) return undefined
    throw error
  }
}

const gone = [403, 404, 410]

/**
 * `replaces` is a favour to both sides, and no reason to fail: an authority that has lost sight of the old certificate,
 * or has seen it replaced already, is asked again without.
 */
async function place(client: AcmeClient, { names, profile, replaces }: OrderWish): Promise<AcmeOrder> {
  const extras = profile === undefined ? {} : { profile }
  if (replaces === undefined) return client.newOrder(names, extras)
  try {
    return await client.newOrder(names, { ...extras, replaces })
  } catch (error) {
    if (!(error instanceof AcmeProblem) || error.status === 429 || error.status === 503) throw error
    return client.newOrder(names, extras)
  }
}
