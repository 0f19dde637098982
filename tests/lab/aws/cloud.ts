import type { Lab } from '../lab.ts'
import type { Call } from './calls.ts'
import { clientsFor, closeClients, credentials, region } from './clients.ts'
import { type CoreName, startCore } from './core/start-core.ts'
import { type Account, accountSince, dumpAccount } from './dump.ts'
import { type FaultPlan, Faults } from './faults.ts'
import { passOn, startFront } from './front/front.ts'

export interface CloudOptions {
  /** Gives instances machines and zones name servers. Without it they are entries in an emulator. */
  lab?: Lab
  /** Who keeps the account: moto unless told. */
  core?: CoreName
  faults?: FaultPlan
}

/** An AWS account of its own on this box, empty but for what a new account has. */
export interface Cloud {
  /** 'http://127.0.0.1:PORT', for every service. */
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
  close(): Promise<void>
}

export async function openCloud(options: CloudOptions = {}): Promise<Cloud> {
  const core = await startCore(options.core ?? 'moto')
  const faults = new Faults()
  faults.add(options.faults ?? [])
  const calls: Call[] = []
  const clients = clientsFor(core.url)
  const perform = (_: Call, request: Parameters<typeof passOn>[1]) => passOn(core.url, request)
  const front = await startFront({ faults, calls, perform })
  const fresh = await dumpAccount(clients)
  return {
    endpoint: front.endpoint,
    environment: environmentFor(front.endpoint),
    calls: () => calls,
    dump: async () => accountSince(fresh, await dumpAccount(clients)),
    fault: (plan) => faults.add(plan),
    heal: () => faults.clear(),
    async close() {
      closeClients(clients)
      await front.close()
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
