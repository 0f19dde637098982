import { createPrivateKey } from 'node:crypto'
import { authorityId } from '../../certificates/kept/authority-id.ts'
import type { Account, CertificateStore, Diary, KeptCertificate, Order } from '../../certificates/kept/store.ts'
import { certificateId } from '../../certificates/kept/versions.ts'
import { parseCertificate } from '../../certificates/store.ts'
import { outlast } from '../../engine/outlast.ts'
import type { Context } from '../../engine/resource.ts'
import { Secret } from '../../engine/secret.ts'
import type { Parameters } from '../parameters.ts'
import { join, split } from './parts.ts'

/** What is written is written to the end, also when the run was told to stop: a challenge is removed then, and noted so. */
const writingMs = 20_000
/** Unless it takes so much longer that somebody who pressed Ctrl-C would wait; the next run goes on with what arrived. */
const hurriedMs = 500
const folder = 'certificate/'

/** Without the key a text would be of no use; with it, it is secret as a whole. */
type Shown<T extends { key: Secret }> = Omit<T, 'key'> & { key: string }

/**
 * What an authority and we have agreed on, as parameters below /bookstore/NAME/certificate/: accounts, orders under way, the
 * certificate, failures. The lease of the stack is the lock. A parameter is never deleted here, since its name could not be
 * used again for 30 s (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html).
 */
export class ParameterStore implements CertificateStore {
  readonly #parameters: Parameters
  readonly #values: Map<string, string>
  readonly #run: Context

  private constructor(parameters: Parameters, values: Map<string, string>, run: Context) {
    this.#parameters = parameters
    this.#values = values
    this.#run = run
  }

  /** As it is now, or was when the parameters were last read. */
  static async open(parameters: Parameters, ctx: Context): Promise<ParameterStore> {
    const found = (await parameters.all(ctx)).filter(({ name }) => name.startsWith(folder))
    const values = found.map(({ name, value }) => [name.slice(folder.length), value.reveal()] as const)
    return new ParameterStore(parameters, new Map(values), ctx)
  }

  /** The parameters that there are. */
  names(): readonly string[] {
    return [...this.#values.keys()].map((name) => folder + name)
  }

  async account(authority: string): Promise<Account | undefined> {
    return withKey(this.#read<Shown<Account>>(`account/${authorityId(authority)}`))
  }

  saveAccount(authority: string, account: Account): Promise<void> {
    return this.#write(`account/${authorityId(authority)}`, { ...account, key: account.key.reveal() })
  }

  async orders(): Promise<readonly Order[]> {
    const names = [...this.#values.keys()].flatMap((name) => /^(order\/[^/]+)\/1$/.exec(name)?.[1] ?? []).sort()
    return names.flatMap((name) => {
      const found = this.#read<Partial<Shown<Order>>>(name)
      return found?.key === undefined ? [] : [withKey(found as Shown<Order>) as Order]
    })
  }

  saveOrder(order: Order): Promise<void> {
    return this.#write(`order/${authorityId(order.authority)}`, { ...order, key: order.key.reveal() })
  }

  removeOrder(authority: string): Promise<void> {
    return this.#write(`order/${authorityId(authority)}`, {})
  }

  async current(): Promise<KeptCertificate | undefined> {
    const found = this.#read<{ chain: string; key: string; authority: string }>('site')
    if (!found) return undefined
    const parsed = parseCertificate(found.chain)
    if (!parsed.x509.checkPrivateKey(createPrivateKey(found.key))) return undefined
    return { ...parsed, id: certificateId(parsed), key: new Secret(found.key), authority: found.authority }
  }

  async keep(certificate: { chain: string; key: Secret; authority: string }): Promise<KeptCertificate> {
    await this.#write('site', { ...certificate, key: certificate.key.reveal() })
    return (await this.current()) as KeptCertificate
  }

  async diary(): Promise<Diary> {
    return this.#read<Diary>('diary') ?? {}
  }

  saveDiary(diary: Diary): Promise<void> {
    return this.#write('diary', diary)
  }

  locked<T>(work: () => Promise<T>): Promise<T> {
    return work()
  }

  #read<T>(name: string): T | undefined {
    const parts: string[] = []
    for (;;) {
      const part = this.#values.get(`${name}/${parts.length + 1}`)
      if (part === undefined) break
      parts.push(part)
    }
    const text = join(parts)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }

  async #write(name: string, content: object): Promise<void> {
    const text = JSON.stringify(content)
    if (text === '{}' && this.#read(name) === undefined) return
    for (const [at, part] of split(text).entries()) await this.#put(`${name}/${at + 1}`, part)
  }

  async #put(name: string, value: string): Promise<void> {
    if (this.#values.get(name) === value) return
    const secret = new Secret(value)
    const late = outlast(this.#run.signal, hurriedMs)
    const signal = AbortSignal.any([late.signal, AbortSignal.timeout(writingMs)])
    const ctx: Context = { clock: this.#run.clock, signal, emit: () => {} }
    try {
      const made = !this.#values.has(name) && (await this.#parameters.create(folder + name, secret, ctx))
      if (!made) await this.#parameters.overwrite(folder + name, secret, ctx)
      this.#values.set(name, value)
    } finally {
      late.end()
    }
  }
}

function withKey<T extends { key: string }>(found: T | undefined): (Omit<T, 'key'> & { key: Secret }) | undefined {
  return found && { ...found, key: new Secret(found.key) }
}
