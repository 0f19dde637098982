import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Layout } from '../layout.ts'
import { isAlive, signalProcess, startedWith, startedWithArgument } from '../os-process.ts'
import type { Programs } from '../programs.ts'
import { lastLines } from '../run-program.ts'
import { baseEnvironment } from '../service-verb.ts'
import { ask, statusOf } from './client.ts'
import { forget, readJournal } from './journal.ts'
import { endOrphans, gone, orphansOf } from './orphans.ts'
import type { SupervisorStatus } from './protocol.ts'

/** Milliseconds. It ends what an earlier one left before it listens, and PostgreSQL may take its time. */
const startPatience = 60_000

/** Milliseconds. Services have 12 s to finish, PostgreSQL 30 s. */
const stopPatience = 60_000

/** Starts a supervisor of its own session, which outlives us and our terminal, and waits until it listens. */
export async function startSupervisor(layout: Layout, programs: Programs, ctx: Context): Promise<SupervisorStatus> {
  const log = join(layout.logs, 'supervisor.log')
  await endSilentSupervisors(layout, log)
  const output = openSync(log, 'a', 0o600)
  const argv = [programs.supervisor, layout.run, log]
  const env = { ...baseEnvironment(layout), BOOKSTORE_STACK: layout.home }
  const child = spawn(programs.node, argv, { cwd: layout.run, env, detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  let ended: string | undefined
  child.on('exit', (code, signal) => {
    ended = signal ?? `status ${code}`
  })
  child.on('error', (error) => {
    ended = error.message
  })
  child.unref()
  const deadline = Date.now() + startPatience
  for (;;) {
    const status = await statusOf(layout.supervisorSocket, ctx.signal)
    if (status && status.pid === child.pid) return status
    if (ended !== undefined || Date.now() > deadline) throw notStarted(ended, log)
    await ctx.clock.sleep(20, ctx.signal)
  }
}

/**
 * One that hangs would begin to start processes again as soon as it woke up; one whose `up` was killed may be about to listen,
 * and is in no journal yet.
 */
async function endSilentSupervisors({ home, journal }: Layout, log: string): Promise<void> {
  const ours = new Set(startedWith('BOOKSTORE_STACK', home).map(({ pid }) => pid))
  const begun = startedWithArgument(log).filter(({ pid }) => ours.has(pid))
  const { supervisor } = readJournal(journal)
  const silent = supervisor ? [...begun, supervisor] : begun
  for (const each of silent) signalProcess(each, 'SIGKILL')
  await gone(() => !silent.some(isAlive), 5_000)
}

function notStarted(ended: string | undefined, log: string): BookstoreError {
  const how = ended === undefined ? 'did not answer in time' : `ended with ${ended}`
  return new BookstoreError(
    `The supervisor of the local processes ${how}: ${lastLines(readFileSync(log, 'utf8')).join(' / ')}`,
    {
      code: 'supervisor-failed',
      fault: 'bug',
      hint: `Its log is ${log}.`,
    },
  )
}

/**
 * Stops the supervisor and all that it runs; without one, what a killed one left. Succeeds when there is nothing.
 * A supervisor that does not answer is ended by its recorded pid.
 */
export async function stopSupervisor(layout: Layout, signal?: AbortSignal): Promise<void> {
  const { supervisor } = readJournal(layout.journal)
  const answered = await ask(layout.supervisorSocket, { do: 'shutdown' }, signal, stopPatience)
  if (supervisor) {
    if (!answered) signalProcess(supervisor, 'SIGKILL')
    await gone(() => !isAlive(supervisor), 5_000)
    signalProcess(supervisor, 'SIGKILL')
  }
  await endOrphans(layout.journal)
  if (orphansOf(readJournal(layout.journal)).length === 0) forget(layout.journal)
  forget(layout.supervisorSocket)
  if (!answered) forget(layout.desired)
}
