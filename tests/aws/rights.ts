import { locate } from '../../provisioners/aws/machine/access.ts'
import { needsOf, type PolicyDocument, policyFor } from '../../provisioners/aws/policy/policy.ts'
import { awsChecks } from '../../provisioners/aws/verbs/doctor.ts'
import { takeDownAws } from '../../provisioners/aws/verbs/down.ts'
import { withBlueprint } from '../../provisioners/aws/verbs/session.ts'
import { convergeAws, withAwsLease } from '../../provisioners/aws/verbs/up.ts'
import { plan } from '../../provisioners/engine/plan.ts'
import { type Clients, clientsFor, closeClients } from '../lab/aws/clients.ts'
import type { Cloud } from '../lab/aws/cloud.ts'
import { actionsOf } from '../lab/aws/rules/actions.ts'
import { drift } from './drift.ts'
import { Shop } from './shop.ts'

/**
 * Verbs as far as they ask AWS; `deploy` stands for all that only look where the machine is, and `mend` is `up` where
 * somebody changed by hand what stands.
 */
export const verbs = ['plan', 'deploy', 'doctor', 'up', 'mend', 'down'] as const
export type Verb = (typeof verbs)[number]

/** Under which name `bookstore policy` knows it. */
export const policyName = (verb: Verb) => (verb === 'mend' ? 'up' : verb)

export interface Passed {
  /** All actions of the policy, sorted. */
  granted: readonly string[]
  /** Those of them that the cloud has wanted. */
  wanted: readonly string[]
}

/** Runs verbs with exactly the rights of their policy, or with one action less, on accounts of the lab's cloud. */
export class Rights {
  readonly #cloud: Cloud
  readonly #clients: Clients
  readonly #shops: Shop[] = []
  #standing: Promise<Shop> | undefined

  constructor(cloud: Cloud) {
    this.#cloud = cloud
    this.#clients = clientsFor(cloud.endpoint)
  }

  /** Runs a verb with exactly its policy. */
  async pass(verb: Verb): Promise<Passed> {
    const shop = await this.#shopFor(verb)
    const policy = await this.#policy(verb, shop)
    const order = this.#cloud.calls().length
    await this.#as(policy, () => this.#run(verb, shop))
    const wanted = new Set(this.#cloud.calls().slice(order).flatMap(actionsOf))
    const granted = [...new Set(policy.Statement.flatMap(({ Action }) => Action))].sort()
    return { granted, wanted: granted.filter((action) => wanted.has(action)) }
  }

  /** The error with which the verb ends when its policy lacks that action; undefined when it does without. */
  async without(verb: Verb, action: string): Promise<unknown> {
    const shop = await this.#shopFor(verb)
    const policy = lacking(await this.#policy(verb, shop), action)
    return this.#as(policy, () =>
      this.#run(verb, shop).then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
  }

  async close(): Promise<void> {
    closeClients(this.#clients)
    await Promise.all(this.#shops.map((shop) => shop.close()))
  }

  /** Those that change nothing share a shop that stands; the others get one of their own. */
  async #shopFor(verb: Verb): Promise<Shop> {
    if (verb === 'up') return this.#open()
    if (verb === 'down') return this.#made()
    this.#standing ??= this.#made()
    const shop = await this.#standing
    if (verb === 'mend') await drift(shop, this.#clients)
    return shop
  }

  async #made(): Promise<Shop> {
    const shop = await this.#open()
    await shop.up()
    return shop
  }

  async #open(): Promise<Shop> {
    const name = `shop-${this.#shops.length + 1}`
    const shop = await Shop.open(this.#cloud, { name, alerts: 'ana@proyecto2.test', vpc: 'dedicated' })
    shop.site.certificates.directory = 'https://127.0.0.1:1/directory'
    this.#shops.push(shop)
    return shop
  }

  #policy(verb: Verb, shop: Shop): Promise<PolicyDocument> {
    return shop.blueprint().then((blueprint) => policyFor(shop.site, blueprint, needsOf[policyName(verb)] ?? []))
  }

  async #as<T>(policy: PolicyDocument, work: () => Promise<T>): Promise<T> {
    this.#cloud.allow(policy)
    try {
      return await work()
    } finally {
      this.#cloud.allow(undefined)
    }
  }

  async #run(verb: Verb, shop: Shop): Promise<void> {
    const { site } = shop
    const environment = { ...this.#cloud.environment, BOOKSTORE_AWS_CONSISTENCY_MS: '1500' }
    const operator = { confirm: async () => {}, environment }
    const ctx = shop.context()
    if (verb === 'doctor') return examined(shop, operator)
    await withBlueprint(site, operator, ctx, async (blueprint) => {
      if (verb === 'plan') return plan(blueprint.resources, ctx)
      if (verb === 'deploy') return locate(site, blueprint, ctx)
      if (verb === 'down') return takeDownAws(site, operator, blueprint, true, ctx)
      return withAwsLease(blueprint, verb, ctx, (lease) => convergeAws(blueprint, lease, ctx))
    })
  }
}

/** What a check finds is no error; a right that lacks is what is looked for here. */
async function examined(shop: Shop, operator: Parameters<typeof awsChecks>[1]): Promise<void> {
  const dnsView = { resolvers: [{ address: '127.0.0.1', port: 1 }] }
  const checks = awsChecks(shop.site, operator, dnsView)
  const found = await Promise.all(checks.map(({ run }) => run(shop.context())))
  const denied = found.find(({ message }) => message.startsWith('AWS does not allow'))
  if (denied) throw Object.assign(new Error(denied.message), { code: 'aws-denied', hint: denied.hint })
}

function lacking(policy: PolicyDocument, action: string): PolicyDocument {
  const Statement = policy.Statement.map((each) => ({ ...each, Action: each.Action.filter((it) => it !== action) }))
  return { ...policy, Statement: Statement.filter(({ Action }) => Action.length > 0) }
}

/** Denied, these are done without: an image is found by its owner as well. */
export const doesWithout: ReadonlySet<string> = new Set(['ssm:GetParameter'])

/**
 * The refusal says which action lacks, and has the statement that would allow it. Where another step failed first, its
 * error comes first, and the refusal stands below it.
 */
export function isRefusalOf(error: unknown, action: string): boolean {
  const { code, message, hint } = (error ?? {}) as { code?: string; message?: string; hint?: string }
  const named = message?.includes(action) === true
  if (code === 'aws-denied' && named && hint?.includes(action) === true) return true
  return message?.includes(`\n`) === true && message.includes(`AWS does not allow ${action}`)
}
