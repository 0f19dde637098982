import { type Authorization, Client, crypto, type Order } from 'acme-client'
import type { Context } from '../../engine/resource.ts'
import { retryAfterMs } from '../../engine/retry-after.ts'
import type { Account } from '../kept/store.ts'
import { AcmeProblem, type ProblemDocument } from './problem.ts'
import { patiently } from './repeat.ts'
import { Transport } from './transport.ts'
import type { AcmeAuthority } from './types.ts'

export type { Authorization, Order as AcmeOrder }
export type Challenge = Authorization['challenges'][number]

/** RFC 8555, section 7.1.1; RFC 9773, section 3. */
export interface Directory {
  renewalInfo?: string
  meta?: { termsOfService?: string; caaIdentities?: string[]; externalAccountRequired?: boolean }
}

interface Reply {
  status: number
  headers: Record<string, string | undefined>
  data: unknown
}

/** What acme-client 5.4.0 keeps to itself. */
interface Insides {
  http: {
    request(url: string, method: string, options?: { headers?: Record<string, string>; data?: unknown }): Promise<Reply>
    getDirectory(): Promise<Directory>
  }
}

/**
 * One authority, for one account. acme-client signs and knows the protocol; its requests go out through our transport,
 * since its own can neither be aborted nor tells the type of a problem and the time to wait. Every call may be repeated.
 *
 * @throws AcmeProblem, or the error of the connection with its code.
 */
export class AcmeClient {
  readonly #client: Client
  readonly #transport: Transport
  readonly #ctx: Context
  /** How long the authority asked to wait in its latest answer, in ms; 0 when it did not. */
  waitMs = 0
  /** The authority's clock minus ours, in ms. */
  clockSkewMs: number | undefined

  constructor({ directory, ca, eab }: AcmeAuthority, account: Account, ctx: Context) {
    this.#ctx = ctx
    this.#transport = new Transport(ca)
    this.#client = new Client({
      directoryUrl: directory,
      accountKey: account.key.reveal(),
      ...(account.url === undefined ? {} : { accountUrl: account.url }),
      ...(eab ? { externalAccountBinding: { kid: eab.kid, hmacKey: eab.hmacKey.reveal() } } : {}),
    })
    this.#insides.http.request = (url, method, options = {}) => this.#send(url, method, options)
  }

  /** Ends all connections. */
  close(): void {
    this.#transport.close()
  }

  directory(): Promise<Directory> {
    return this.#ask(() => this.#insides.http.getDirectory())
  }

  /** The account's URL, old or new. */
  async register(contact: string | undefined): Promise<string> {
    await this.#ask(() => this.#client.createAccount({ termsOfServiceAgreed: true, contact: contactsOf(contact) }))
    return this.#client.getAccountUrl()
  }

  async changeContact(contact: string | undefined): Promise<void> {
    await this.#ask(() => this.#client.updateAccount({ contact: contactsOf(contact) }))
  }

  newOrder(names: readonly string[], extras: { profile?: string; replaces?: string }): Promise<Order> {
    const identifiers = names.map((value) => ({ type: 'dns', value }))
    // It forwards what it does not know.
    return this.#ask(() => this.#client.createOrder({ identifiers, ...extras }))
  }

  order(url: string): Promise<Order> {
    return this.#ask(() => this.#client.getOrder({ url } as Order))
  }

  async authorization(url: string): Promise<Authorization> {
    const [found] = await this.#ask(() => this.#client.getAuthorizations({ authorizations: [url] } as unknown as Order))
    if (!found) throw new Error('an authorization without content')
    return found
  }

  /** The TXT value that proves control of a name. */
  txtValue(challenge: Challenge): Promise<string> {
    return this.#client.getChallengeKeyAuthorization(challenge)
  }

  async complete(challenge: Challenge): Promise<void> {
    await this.#ask(() => this.#client.completeChallenge(challenge))
  }

  /** Asks for the certificate of an order, with a key that was made before. */
  async finalize(order: Order, names: readonly string[], key: string): Promise<void> {
    const [, request] = await crypto.createCsr({ altNames: [...names] }, key)
    await this.#ask(() => this.#client.finalizeOrder(order, request))
  }

  /** PEM, leaf first. */
  certificate(order: Order): Promise<string> {
    return this.#ask(() => this.#client.getCertificate(order))
  }

  /** A plain GET, parsed, for what needs no account. */
  async get(url: string): Promise<unknown> {
    return (await this.#ask(() => this.#send(url, 'get', {}))).data
  }

  get #insides(): Insides {
    return this.#client as unknown as Insides
  }

  #ask<T>(work: () => Promise<T>): Promise<T> {
    return patiently(work, this.#ctx)
  }

  async #send(
    url: string,
    method: string,
    options: { headers?: Record<string, string>; data?: unknown },
  ): Promise<Reply> {
    const { clock, signal } = this.#ctx
    const headers = { 'content-type': 'application/jose+json', ...options.headers }
    const body = options.data === undefined ? {} : { body: JSON.stringify(options.data) }
    const answer = await this.#transport.send(url, { method: method.toUpperCase(), headers, signal, ...body })
    const now = clock.now()
    const theirs = Date.parse(answer.headers.date ?? '')
    if (!Number.isNaN(theirs)) this.clockSkewMs = theirs - now.getTime()
    this.waitMs = retryAfterMs(answer.headers['retry-after'], now)
    const data = /json/.test(answer.headers['content-type'] ?? '') ? parsed(answer.body) : answer.body
    if (answer.status >= 400) throw new AcmeProblem(answer.status, problemOf(data), this.waitMs)
    return { status: answer.status, headers: answer.headers, data }
  }
}

/** What stands between us and an authority answers nonsense at times. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function problemOf(data: unknown): ProblemDocument {
  return typeof data === 'object' && data !== null ? (data as ProblemDocument) : {}
}

function contactsOf(contact: string | undefined): string[] {
  return contact === undefined ? [] : [`mailto:${contact}`]
}
