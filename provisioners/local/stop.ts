import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pid as ownPid } from 'node:process'
import type { Context } from '../engine/resource.ts'
import type { Site } from '../site.ts'
import { removeFarRunFolder } from './folders.ts'
import { type Layout, layoutOf } from './layout.ts'
import { commandOf, isAlive, type ProcessId, signalProcess, startedWith, workersIn } from './os-process.ts'
import { holderOf } from './ports.ts'
import { statusOf } from './supervisor/client.ts'
import { readJournal } from './supervisor/journal.ts'
import { gone, orphansOf } from './supervisor/orphans.ts'
import { stopSupervisor } from './supervisor/start.ts'

export interface Leftover {
  kind: 'process' | 'port' | 'socket'
  /** 'process 123 (postgres ...)', 'port 8443, held by process 123', a path. */
  what: string
}

export interface Stopped {
  /** Names of the processes that ran. */
  processes: readonly string[]
  /** What is there in spite of all; empty when the stop is proven. */
  leftovers: readonly Leftover[]
}

/** Whether a site was ever started here. */
export async function exists({ home }: Pick<Site, 'home'>): Promise<boolean> {
  return (await stat(home).catch(() => undefined)) !== undefined
}

/** Stops everything of a site, whoever started it and however that ended, and looks whether it is so. Data stays. */
export async function stopSite(site: Site, ctx: Context): Promise<Stopped> {
  const layout = layoutOf(site)
  const processes = await namesOf(layout)
  const step = { address: 'local.supervisor/site', label: 'processes', action: 'delete' } as const
  const started = ctx.clock.now().getTime()
  ctx.emit({ type: 'step-started', ...step })
  await stopSupervisor(layout, ctx.signal)
  await endStrays(layout)
  await removeSockets(layout)
  const leftovers = await leftoversOf(site)
  const durationMs = ctx.clock.now().getTime() - started
  ctx.emit({ type: 'step-finished', ...step, durationMs, detail: `${processes.length} stopped` })
  if (leftovers.length === 0) await removeFarRunFolder(layout)
  return { processes, leftovers }
}

/** Removes the home with everything in it. Only after a proven stop. */
export async function purgeSite(site: Site): Promise<void> {
  await rm(site.home, { recursive: true, force: true })
}

async function namesOf(layout: Layout): Promise<string[]> {
  const status = await statusOf(layout.supervisorSocket)
  if (status) return status.processes.map((each) => each.name)
  return readJournal(layout.journal)
    .children.filter(isAlive)
    .map((each) => each.name)
}

/** Programs that a killed `up` had begun: a migration, say. They carry our mark in their environment. */
async function endStrays({ home }: Layout): Promise<void> {
  const strays = strayProcesses(home)
  for (const stray of strays) signalProcess(stray, 'SIGTERM')
  if (await gone(() => !strays.some(isAlive), 10_000)) return
  for (const stray of strays) signalProcess(stray, 'SIGKILL')
  await gone(() => !strays.some(isAlive), 5_000)
}

function strayProcesses(home: string): ProcessId[] {
  return startedWith('BOOKSTORE_STACK', home).filter(({ pid }) => pid !== ownPid)
}

/** A killed server leaves its sockets; nobody is behind them any more. */
async function removeSockets(layout: Layout): Promise<void> {
  const { children, supervisor } = readJournal(layout.journal)
  if ([...children, ...(supervisor ? [supervisor] : [])].some(isAlive)) return
  for (const socket of await socketsIn(layout)) await rm(socket, { force: true })
}

async function socketsIn({ run, databaseSocket }: Layout): Promise<string[]> {
  const found = await Promise.all(
    [run, databaseSocket].map(async (folder) => {
      const names = await readdir(folder).catch(() => [])
      return names
        .filter((name) => name.endsWith('.sock') || name.startsWith('.s.PGSQL.'))
        .map((name) => join(folder, name))
    }),
  )
  return found.flat()
}

/** Looks at the world: processes of ours, the ports of the site, sockets. */
export async function leftoversOf(site: Site): Promise<Leftover[]> {
  const layout = layoutOf(site)
  const journal = readJournal(layout.journal)
  const supervisor = journal.supervisor && isAlive(journal.supervisor) ? [journal.supervisor] : []
  const all = [...supervisor, ...orphansOf(journal), ...strayProcesses(site.home), ...workersIn(layout.cluster)]
  const pids = new Set(all.map(({ pid }) => pid))
  const processes = [...pids].map((pid) => ({
    kind: 'process' as const,
    what: `process ${pid} (${commandOf(pid) ?? 'unknown'})`,
  }))
  return [
    ...processes,
    ...portsOf(site, pids),
    ...(await socketsIn(layout)).map((what) => ({ kind: 'socket' as const, what })),
  ]
}

/** A port that somebody else has taken in the meantime is none of ours. */
function portsOf({ local }: Site, pids: ReadonlySet<number>): Leftover[] {
  return [local.httpsPort, local.httpPort].flatMap((port) => {
    const holder = holderOf(port)
    return holder && pids.has(holder.pid)
      ? [{ kind: 'port' as const, what: `port ${port}, held by process ${holder.pid}` }]
      : []
  })
}
