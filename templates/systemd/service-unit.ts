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
  /** Folder of more of them, for those whose workers begin awake. */
  workers: string
  /** Credential -> absolute path of root's file. */
  credentials: Readonly<Record<string, string>>
  /** All that it may write. */
  writable: readonly string[]
  /** Megabytes of V8's old space. */
  heapMb: number
  /** Where the database is when it is on another machine; without it the process has no network at all. */
  databaseAddress: string | undefined
  /** Folders of other machines: it does not run before they are mounted. */
  mounts: readonly string[]
}

export interface UnitFile {
  /** 'bookstore-catalog@.service' */
  name: string
  text: string
}

/** Seconds: in flight 10, workers 10, the internal socket 1 (decision 2), and what a busy machine adds. */
export const stopSeconds = 40
/** Megabytes beside the old space: code, young generation, buffers, and sharp's while it makes a cover smaller. */
const besidesHeap = { usual: 128, most: 320 }
/** Whom it calls may come later: readiness waits, the start does not. At a shutdown they go before what they need. */
const after = 'network.target postgresql.service bookstore-nginx.service'

/**
 * The template of one service's processes; the instance is `<slot>-<n>`. It tells systemd itself that it is ready
 * (docs/decisions/0006-sleeping-workers.md), through a child, hence `NotifyAccess`.
 */
export function serviceUnit(unit: ServiceUnit): UnitFile {
  const text = unitText({
    Unit: {
      Description: `bookstore ${unit.service} (%i)`,
      After: after,
      ...required(unit),
      StartLimitIntervalSec: '10min',
      StartLimitBurst: 100,
    },
    Service: {
      Type: 'notify',
      NotifyAccess: 'all',
      ExecStart: programOf(unit),
      EnvironmentFile: [`${unit.environments}/%i`, `-${unit.workers}/%i`],
      TimeoutStartSec: '2min',
      TimeoutStopSec: stopSeconds,
      WatchdogSec: 60,
      Restart: 'always',
      RestartSec: 2,
      ...sandbox(unit),
    },
    Install: { WantedBy: 'multi-user.target' },
  })
  return { name: `bookstore-${unit.service}@.service`, text }
}

/** Something that a service does once and to the end: `migrate`, `seed`. Starting it waits for it. */
export function commandUnit(unit: ServiceUnit, command: string): UnitFile {
  const text = unitText({
    Unit: { Description: `bookstore ${unit.service} ${command} (%i)`, After: after, ...required(unit) },
    Service: {
      Type: 'oneshot',
      ExecStart: `${programOf(unit)} ${command}`,
      EnvironmentFile: `${unit.environments}/%i`,
      TimeoutStartSec: '30min',
      ...sandbox(unit),
    },
  })
  return { name: `bookstore-${unit.service}-${command}@.service`, text }
}

const required = ({ mounts }: ServiceUnit): Directives => (mounts.length > 0 ? { RequiresMountsFor: mounts } : {})

function programOf({ slots, heapMb, service }: ServiceUnit): string {
  return `${slots}/%i/bin/node ${nodeFlags(heapMb).join(' ')} ${slots}/%i/services/${service}.mjs`
}

export function nodeFlags(heapMb: number): readonly string[] {
  // V8 has three semi-spaces and grows them to 16 MB each: more than all that a small process keeps.
  const semiSpaceMb = Math.min(Math.max(Math.floor(heapMb / 48), 2), 16)
  return [`--max-old-space-size=${heapMb}`, `--max-semi-space-size=${semiSpaceMb}`]
}

/** Megabytes from which a process with such a heap is made to give some back, and which it never gets more of. */
export function memoryMb(heapMb: number): { high: number; most: number } {
  return { high: heapMb + besidesHeap.usual, most: heapMb + besidesHeap.most }
}

function sandbox({ user, credentials, heapMb, writable, databaseAddress }: ServiceUnit): Directives {
  const { high, most } = memoryMb(heapMb)
  return {
    User: user,
    Slice: 'bookstore.slice',
    LoadCredential: Object.entries(credentials).map(([name, file]) => `${name}:${file}`),
    MemoryHigh: `${high}M`,
    MemoryMax: `${most}M`,
    OOMScoreAdjust: 200,
    TasksMax: 64,
    LimitNOFILE: 16_384,
    LimitCORE: 0,
    ReadWritePaths: writable,
    ...hardening,
    CapabilityBoundingSet: '',
    PrivateUsers: 'yes',
    ...network(databaseAddress),
  }
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
