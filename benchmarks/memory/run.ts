import { setTimeout as sleep } from 'node:timers/promises'
import type { MemoryUse } from '../../tests/lab/machine/memory.ts'
import { startLoad } from '../../tests/site/load.ts'
import { another, anotherRelease, domain, withMachine } from '../support/shop-on-machine.ts'

/** Bytes: of all processes of the machine (PSS), and of those of the site, PostgreSQL and NGINX included. */
interface Use {
  machine: number
  site: number
  units: Record<string, number>
}

export interface Report {
  idle: Use
  /** The most that was seen while shoppers were there. */
  loaded: Use
  /** The most that was seen while a slot took over from another. */
  twoSlots: Use
  answered: number
  failures: Record<string, number>
  oomKills: number
  switches: number
}

const paths = [
  '/es/',
  '/api/catalog/books?limit=24',
  '/en/books',
  '/en/books?q=castle',
  '/api/sales/delivery-providers',
]

/**
 * What a site with its database takes on a machine of 1 GB: after its first minute, under sixteen connections that never
 * pause, and while these go on and releases take turns.
 */
export async function run({ loadedSeconds = 60, switches = 4 } = {}): Promise<Report> {
  const work = { packages: 'prepared', memoryMb: 1024 } as const
  return withMachine(work, async (it) => {
    await it.succeed('up', '--yes')
    await anotherRelease(it)
    await sleep(30_000)
    const use = async () => useOf(await it.machine.memory())
    const idle = await use()
    const load = startLoad({ address: it.machine.address, host: domain, paths, connections: 16 })
    const loaded = await mostDuring(use, () => sleep(loadedSeconds * 1000))
    const twoSlots = await mostDuring(use, async () => {
      for (let turn = 0; turn < switches; turn++) await it.succeed(...(turn % 2 ? ['deploy'] : ['rollback', another]))
    })
    const { answered, failures } = await load.stop()
    const { oomKills } = await it.machine.memory()
    return { idle, loaded, twoSlots, answered, failures, oomKills, switches }
  })
}

async function mostDuring(use: () => Promise<Use>, work: () => Promise<void>): Promise<Use> {
  let most = await use()
  let working = true
  const watching = (async () => {
    while (working) {
      const now = await use()
      if (now.site > most.site) most = now
      await sleep(500)
    }
  })()
  try {
    await work()
  } finally {
    working = false
    await watching
  }
  return most
}

/** Without the agent, which comes and goes. */
const ours = /^bookstore-(?!run)|^postgresql@/

function useOf({ total, units }: MemoryUse): Use {
  const site = Object.entries(units).filter(([unit]) => ours.test(unit))
  return { machine: total, site: site.reduce((sum, [, bytes]) => sum + bytes, 0), units: Object.fromEntries(site) }
}

export function table({ idle, loaded, twoSlots, answered, failures, oomKills, switches }: Report): string {
  const row = (what: string, { site, machine }: Use, goal?: number) =>
    `${what.padEnd(36)}${mb(site).padStart(8)}${mb(machine).padStart(10)}${goal === undefined ? '' : `   (goal ${goal})`}`
  const lines = [
    `${'MB, sum of PSS'.padEnd(36)}    site   machine`,
    row('idle', idle),
    row('under load, one slot', loaded, 600),
    row(`under load, the most in ${switches} switches`, twoSlots, 900),
    `answered ${answered}, failed ${JSON.stringify(failures)}, killed for memory ${oomKills}`,
  ]
  const parts = Object.entries(loaded.units).toSorted(([, one], [, other]) => other - one)
  return [...lines, `under load: ${parts.map(([unit, bytes]) => `${unit} ${mb(bytes)}`).join(', ')}`].join('\n')
}

const mb = (bytes: number) => (bytes / 1024 / 1024).toFixed(0)
