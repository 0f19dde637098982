import { DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import type { Flavor } from '../images.ts'
import type { Lab } from '../lab.ts'
import type { NameServer } from '../names/name-server.ts'
import { Addresses } from './addresses.ts'
import type { Call } from './calls.ts'
import { clientsFor, closeClients, credentials, region } from './clients.ts'
import { type CoreName, startCore } from './core/start-core.ts'
import { type Account, accountSince, dumpAccount } from './dump.ts'
import { type FaultPlan, Faults } from './faults.ts'
import { startFront } from './front/front.ts'
import { Fleet } from './machines/fleet.ts'
import { noMachines, showOnLoopback } from './no-machines.ts'
import { allRules, performer } from './perform.ts'
import type { Policy } from './policy.ts'
import { defaultTiming, newWorld, type Timing } from './world.ts'
import { Zones } from './zones.ts'

export interface CloudOptions {
  /** Gives instances machines at its addresses. Without it they are entries in an emulator, at addresses of loopback. */
  lab?: Lab
  /** What those machines have when they are new: 'cloud' unless told. It must have cloud-init. */
  packages?: Flavor
  /** Who keeps the account: moto unless told. */
  core?: CoreName
  faults?: FaultPlan
  timing?: Partial<Timing>
  /** Hosted zones that the account has from the beginning: 'shop.test'. */
  zones?: readonly string[]
  /** Serves them: of the same lab, and for the same zones. */
  names?: NameServer
}

/** An AWS account of its own on this box, empty but for what a new account has. */
export interface Cloud {
  /** Of every service: 'http://127.0.0.1:PORT'; with a lab it is at an address that the machines reach too. */
  readonly endpoint: string
  /** What a process of bookstore needs to talk to it. */
  readonly environment: Record<string, string>
  /** Every API call so far. */
  calls(): readonly Call[]
  /** What stands in the account now that a new one does not have; asked past the front, so it is no call. */
  dump(): Promise<Account>
  /** Adds faults to those in force; what they count begins now. */
  fault(plan: FaultPlan): void
  /** No faults any more. */
  heal(): void
  /** From now on whoever calls has this policy and no other right; undefined: every right, as at first. */
  allow(policy: Policy | undefined): void
  /** From now on the account may have so much of what Service Quotas calls by that code; nothing enforces it. */
  quota(code: string, value: number): void
  /** Resolves when no machine is being switched on or off any more. */
  settled(): Promise<void>
  close(): Promise<void>
}

export async function openCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { lab, packages = 'cloud', zones: zoneNames = [], names } = options
  const core = await startCore(options.core ?? 'moto')
  const [clients, faults, calls, addresses] = [clientsFor(core.url), new Faults(), [] as Call[], new Addresses()]
  faults.add(options.faults ?? [])
  const fleet = lab && new Fleet({ lab, core: clients, addresses, packages })
  const zones = new Zones(clients, zoneNames, names)
  const timing = { ...defaultTiming, ...options.timing }
  const world = newWorld(clients, timing, fleet ?? noMachines, addresses)
  const perform = performer(core.url, allRules(core.name), world, async (call, request, answer) => {
    if (!fleet) await showOnLoopback(clients, addresses, call)
    const followed = (await fleet?.follow(call, answer)) ?? answer
    return zones.follow(call, request, followed)
  })
  const front = await startFront({ faults, calls, perform, address: lab ? `${lab.prefix}.1` : '127.0.0.1' })
  if (fleet) fleet.environment = { AWS_ENDPOINT_URL: front.endpoint, AWS_REGION: region }
  const metadata = await fleet?.metadata(world.roles)
  await zones.open()
  // An emulator makes an account when it is first asked about it, and fails those who ask meanwhile.
  await clients.ec2.send(new DescribeVpcsCommand({}))
  const fresh = await dumpAccount(clients)
  return {
    endpoint: front.endpoint,
    environment: environmentFor(front.endpoint),
    calls: () => calls,
    dump: async () => accountSince(fresh, await dumpAccount(clients)),
    fault: (plan) => faults.add(plan),
    heal: () => faults.clear(),
    allow(policy) {
      world.policy = policy
    },
    quota: (code, value) => void world.quotas.set(code, value),
    settled: async () => fleet?.settled(),
    async close() {
      await metadata?.close()
      await front.close()
      closeClients(clients)
      await core.close()
    },
  }
}

function environmentFor(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // Nothing of the person who runs it.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}
