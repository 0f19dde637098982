import { retire } from '../../certificates/acme/challenges.ts'
import { KeptOrder } from '../../certificates/acme/order.ts'
import { reasonToOrder } from '../../certificates/acme/schedule.ts'
import type { CertificateRequest } from '../../certificates/acme/types.ts'
import type { KeptCertificate } from '../../certificates/kept/store.ts'
import type { DnsProvider } from '../../dns/provider.ts'
import type { DnsView } from '../../dns/query/view.ts'
import { freely, nothing } from '../../engine/define.ts'
import type { Address, Change, Context } from '../../engine/resource.ts'
import type { HostKeys } from '../machine/host-key.ts'
import { Parameters } from '../parameters.ts'
import type { AwsResource } from '../resource.ts'
import { type AwsStack, nameOf } from '../stack.ts'
import { ParameterStore } from './parameter-store.ts'

export const certificateAddress: Address = 'aws.certificate/site'

/** Whoever pressed Ctrl-C waits for this; `down` and the next `up` remove what is left. */
const tidyingMs = 1_000

export interface CertificateSettings {
  parameters: Parameters
  /** They tell whether a machine was entered. */
  hostKeys: Pick<HostKeys, 'publicKeys' | 'areInjected'>
  provider: DnsProvider
  /** The domain first. */
  names: readonly string[]
  /** URL of the authority's directory. */
  authority: string
  /** Asked for only where there is something to order. */
  request(): Promise<CertificateRequest>
  view?: DnsView
}

export interface KeptForMachine {
  certificate: KeptCertificate | undefined
  /** An order that was begun and not ended. */
  unfinished: boolean
  /** There is a machine that was entered: it looks after its certificate by itself. */
  machineHasIt: boolean
}

interface Wish {
  names: readonly string[]
  authority: string
  now: Date
}

/**
 * The first certificate of a machine. It depends on nothing, so it is issued while the machine boots, which begins with it and
 * renews it by itself from then on; what is kept here grows old, and is looked at again only for the next machine. An
 * order that a killed run left is gone on with, with the same key.
 */
export function certificate(stack: AwsStack, settings: CertificateSettings): AwsResource<Wish, KeptForMachine> {
  const { parameters, hostKeys, provider, names, authority, view } = settings
  let last: KeptForMachine | undefined
  const wish = ({ clock }: Context): Wish => ({ names, authority, now: clock.now() })

  async function read(ctx: Context): Promise<KeptForMachine | undefined> {
    const store = await ParameterStore.open(parameters, ctx)
    const [found, orders] = await Promise.all([store.current(), store.orders()])
    const unfinished = orders.some(({ over }) => !over)
    const good = !unfinished && why(found, wish(ctx)) === undefined
    const machineHasIt = !good && (await entered(ctx))
    last = { certificate: found, unfinished, machineHasIt }
    return store.names().length === 0 && !machineHasIt ? undefined : last
  }

  /** What stands and was never entered has none, and neither has one that is still to be made. */
  async function entered(ctx: Context): Promise<boolean> {
    if ((await hostKeys.publicKeys(ctx)).length === 0 || (await hostKeys.areInjected(ctx))) return false
    const Filters = [
      { Name: 'key-name', Values: [nameOf(stack)] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
    ]
    const { Reservations = [] } = await stack.aws.call('ec2:DescribeInstances', { Filters }, ctx)
    return Reservations.some(({ Instances = [] }) => Instances.length > 0)
  }

  async function obtain(ctx: Context): Promise<KeptForMachine> {
    const store = await ParameterStore.open(parameters, ctx)
    const deps = { store, provider, tidyingMs, address: certificateAddress, ...(view ? { view } : {}) }
    // What speaks the protocol is loaded only where there is something to say.
    const { ensureCertificate } = await import('../../certificates/acme/ensure.ts')
    const { certificate: issued } = await ensureCertificate(await settings.request(), deps, ctx)
    last = { certificate: issued, unfinished: false, machineHasIt: false }
    return last
  }

  return {
    address: certificateAddress,
    label: `certificate for ${listed(names)}`,
    dependsOn: [],
    calls: {
      read: [...Parameters.calls.read, 'ec2:DescribeInstances'],
      create: Parameters.calls.write,
      update: Parameters.calls.write,
      delete: [...Parameters.calls.write, ...Parameters.calls.remove],
    },
    standing: () => [],
    seen: () => last,
    desired: wish,
    read,
    diff: difference,
    create: (_, ctx) => obtain(ctx),
    update: (_, __, ctx) => obtain(ctx),
    async delete(_, ctx) {
      const store = await ParameterStore.open(parameters, ctx)
      for (const order of await store.orders()) await retire(new KeptOrder(order, store), { store, provider }, ctx)
      await parameters.remove(store.names(), ctx)
      last = undefined
    },
    detail: ({ certificate: found }) => (found ? `until ${found.notAfter.toISOString().slice(0, 10)}` : ''),
    cost: () => freely,
  }
}

function difference(wanted: Wish, { certificate: found, unfinished, machineHasIt }: KeptForMachine): Change {
  if (machineHasIt) return nothing
  if (unfinished) return { do: 'update', fields: [{ field: 'order', from: 'under way', to: 'finished' }] }
  const reason = why(found, wanted)
  if (reason === undefined) return nothing
  return { do: 'update', fields: [{ field: 'certificate', from: reason, to: 'a new one' }] }
}

/** Why the one that is kept is of no use for a new machine. Without the authority's own wishes, which cost a call. */
function why(found: KeptCertificate | undefined, { names, authority, now }: Wish): string | undefined {
  return reasonToOrder(found, { names, authority }, undefined, now)
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
