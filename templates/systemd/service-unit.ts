import { hardening } from './hardening.ts'
import { type Directives, unitText } from './text.ts'

export interface ServiceUnit {
  /** 'catalog'. */
  service: string
  user: string
  /** Folder in which `<slot>-<n>` leads to the release of the slot; the release has `bin/node` and `services/`. */
  slots: string
  /** Folder of environment files, each called `<slot>-<n>`. */
  environments: string
  /** Folder of environment files, each called `<slot>-<n>`, that say whether the workers begin awake. */
  workers: string
  /** Credential -> absolute path of root's file. */
  credentials: Readonly<Record<string, string>>
  /** All that it may write. */
  writable: readonly string[]
  /** Megabytes of V8's old space. */
  heapMb: number
  /** Where the database is when it is on another machine; without it the process has no network at all. */
  databaseAddress: string | undefined
}

/** Seconds: in flight 10, workers 10, the internal socket 1 (decision 2), and what a busy machine adds. */
const stopSeconds = 40
/** Megabytes beside the old space: code, young generation, buffers, and sharp's while it makes a cover smaller. */
const besidesHeap = { usual: 128, most: 256 }

/** `bookstore-catalog@blue-1.service` */
export const serviceInstance = (service: string, slot: string, number: number): string =>
  `bookstore-${service}@${slot}-${number}.service`

/**
 * The template of one service's processes; the instance is `<slot>-<n>`. It tells systemd itself that it is ready
 * (docs/decisions/0006-sleeping-workers.md), through a child, hence `NotifyAccess`.
 */
export function serviceUnit(unit: ServiceUnit): { name: string; text: string } {
  const { service, slots } = unit
  const text = unitText({
    Unit: {
      Description: `bookstore ${service} (%i)`,
      // Whom it calls may come later: readiness waits, the start does not.
      After: 'network.target postgresql.service',
      StartLimitIntervalSec: '10min',
      StartLimitBurst: 100,
    },
    Service: {
      Type: 'notify',
      NotifyAccess: 'all',
      ExecStart: `${slots}/%i/bin/node --max-old-space-size=${unit.heapMb} --max-semi-space-size=8 ${slots}/%i/services/${service}.mjs`,
      User: unit.user,
      Slice: 'bookstore.slice',
      EnvironmentFile: [`${unit.environments}/%i`, `${unit.workers}/%i`],
      LoadCredential: Object.entries(unit.credentials).map(([name, file]) => `${name}:${file}`),
      TimeoutStartSec: '2min',
      TimeoutStopSec: stopSeconds,
      WatchdogSec: 60,
      Restart: 'always',
      RestartSec: 2,
      MemoryHigh: `${unit.heapMb + besidesHeap.usual}M`,
      MemoryMax: `${unit.heapMb + besidesHeap.most}M`,
      OOMScoreAdjust: 200,
      TasksMax: 64,
      LimitNOFILE: 16_384,
      LimitCORE: 0,
      ReadWritePaths: unit.writable,
      ...hardening,
      CapabilityBoundingSet: '',
      PrivateUsers: 'yes',
      ...network(unit.databaseAddress),
    },
    Install: { WantedBy: 'multi-user.target' },
  })
  return { name: `bookstore-${service}@.service`, text }
}

/** Everything it talks to has a Unix socket. AF_NETLINK is how Node lists network interfaces. */
function network(databaseAddress: string | undefined): Directives {
  const families = 'AF_UNIX AF_NETLINK'
  if (databaseAddress === undefined) return { RestrictAddressFamilies: families, PrivateNetwork: 'yes' }
  return {
    RestrictAddressFamilies: `${families} AF_INET AF_INET6`,
    IPAddressDeny: 'any',
    IPAddressAllow: databaseAddress,
  }
}
