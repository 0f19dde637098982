import { setTimeout as sleep } from 'node:timers/promises'
import { groupMembers, isAlive, type ProcessId, signalProcess, workersIn } from '../os-process.ts'
import { type Journal, type Recorded, readJournal } from './journal.ts'

/** How often we look whether a process has ended, in milliseconds. */
const lookEvery = 25

/** What still runs of what a journal names: leaders, and workers that outlived theirs. */
export function orphansOf(journal: Journal): ProcessId[] {
  return journal.children.flatMap((each) => [...leader(each), ...followers(each)])
}

function leader(each: Recorded): ProcessId[] {
  return isAlive(each) ? [{ pid: each.pid, start: each.start }] : []
}

/** Group members of a leader that may be gone, and server processes of a database. Known by where they work. */
function followers({ pid, cwd, name }: Recorded): ProcessId[] {
  const inFolder = name === 'postgres' ? workersIn(cwd) : []
  const known = [...groupMembers(pid, cwd), ...inFolder]
  return known.filter((each) => each.pid !== pid)
}

/**
 * Ends the processes that a supervisor left behind when it was killed: last tier first, gently, then by force.
 * Only pids whose start time is the recorded one are touched. Returns the names of those that were found alive.
 */
export async function endOrphans(journalFile: string): Promise<string[]> {
  const { children } = readJournal(journalFile)
  const living = children.filter((each) => leader(each).length + followers(each).length > 0)
  const tiers = [...new Set(living.map((each) => each.tier))].sort((a, b) => b - a)
  for (const tier of tiers) await Promise.all(living.filter((each) => each.tier === tier).map(end))
  return living.map((each) => each.name)
}

async function end(each: Recorded): Promise<void> {
  signalProcess(each, each.stop.signal)
  await gone(() => leader(each).length === 0, each.stop.graceMs)
  signalProcess(each, 'SIGKILL')
  // The server processes of PostgreSQL leave by themselves; workers of NGINX do not.
  await gone(() => followers(each).length === 0, each.name === 'postgres' ? 5_000 : 0)
  for (const follower of followers(each)) signalProcess(follower, 'SIGKILL')
  await gone(() => leader(each).length + followers(each).length === 0, 5_000)
}

/** Waits until `done` holds, at most `forMs`. */
export async function gone(done: () => boolean, forMs: number): Promise<boolean> {
  const deadline = Date.now() + forMs
  while (!done()) {
    if (Date.now() >= deadline) return false
    await sleep(lookEvery)
  }
  return true
}
