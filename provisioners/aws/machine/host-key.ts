import type { Context } from '../../engine/resource.ts'
import { Secret } from '../../engine/secret.ts'
import { makeSshKey } from '../../ssh/make-key.ts'
import type { Parameters } from '../parameters.ts'
import { type AwsStack, nameOf } from '../stack.ts'

/** What is known of the machine's host key, kept with the stack. */
interface Kept {
  /** 'ssh-ed25519 AAAA...': it shows one of these. */
  publicKeys: string[]
  /** Only until it was given to a machine and rotated: user data can be read on the machine and through the API. */
  privateKey?: string
}

const parameter = 'host-key'

/** The key that a machine is born with, and those that it may show later. */
export class HostKeys {
  readonly #stack: AwsStack
  readonly #parameters: Parameters

  constructor(stack: AwsStack, parameters: Parameters) {
    this.#stack = stack
    this.#parameters = parameters
  }

  /** For a machine that is to be made: always the same, until it was rotated. Then it is a new one. */
  async forLaunch(ctx: Context): Promise<{ privateKey: string; publicKey: string }> {
    const kept = await this.#read(ctx)
    const [publicKey] = kept?.publicKeys ?? []
    if (kept?.privateKey !== undefined && publicKey !== undefined) return { privateKey: kept.privateKey, publicKey }
    const made = makeSshKey(nameOf(this.#stack))
    const { privateKey } = made
    const wanted: Kept = { publicKeys: [made.publicKey], privateKey }
    if (kept) await this.#write(wanted, ctx)
    else await this.#parameters.create(parameter, secretOf(wanted), ctx)
    return kept ? made : this.forLaunch(ctx)
  }

  /** True while the machine may still have the key of its user data. */
  async areInjected(ctx: Context): Promise<boolean> {
    return (await this.#read(ctx))?.privateKey !== undefined
  }

  /** What the machine may show. */
  async publicKeys(ctx: Context): Promise<readonly string[]> {
    return (await this.#read(ctx))?.publicKeys ?? []
  }

  /** The machine is about to show this one. Both are good until `rotated`. */
  async announce(publicKey: string, ctx: Context): Promise<void> {
    const kept = await this.#read(ctx)
    const others = (kept?.publicKeys ?? []).filter((each) => bare(each) !== bare(publicKey))
    await this.#write({ ...kept, publicKeys: [publicKey, ...others.slice(-1)] }, ctx)
  }

  /** The machine shows this one now, and no other is good any more. */
  rotated(publicKey: string, ctx: Context): Promise<void> {
    return this.#write({ publicKeys: [publicKey] }, ctx)
  }

  async #read(ctx: Context): Promise<Kept | undefined> {
    const found = await this.#parameters.get(parameter, ctx)
    return found === undefined ? undefined : (JSON.parse(found.value.reveal()) as Kept)
  }

  async #write(kept: Kept, ctx: Context): Promise<void> {
    await this.#parameters.overwrite(parameter, secretOf(kept), ctx)
  }
}

const secretOf = (kept: Kept) => new Secret(JSON.stringify(kept))
const bare = (key: string) => key.trim().split(/\s+/).slice(0, 2).join(' ')
