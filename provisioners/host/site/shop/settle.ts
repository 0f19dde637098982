import type { Context } from '../../../engine/resource.ts'
import type { Host } from '../../host.ts'
import { type Process, processesOf } from '../units.ts'
import { startSlot } from './phases.ts'
import {
  enableProcesses,
  isUp,
  knownProcesses,
  readProcesses,
  requestsInFlight,
  setWorkers,
  stopProcesses,
} from './processes.ts'
import type { Say } from './say.ts'
import type { PreparedSlot } from './slot.ts'

/**
 * Leaves the slot that serves alone on the machine, with its workers awake: what the end of an activation is, what mends
 * a process that somebody stopped, and what finishes an activation that was killed after its switch. May be run at any time.
 *
 * @throws BookstoreError 'release-crashed', 'release-not-ready'; or the signal's reason.
 */
export async function settle(host: Host, { slot, settings }: PreparedSlot, say: Say, ctx: Context): Promise<void> {
  const own = processesOf(slot, settings.instances, settings.runtime)
  await startSlot(host, slot, settings, ctx)
  const disabled = (await readProcesses(host, own)).filter(({ enabled }) => !enabled)
  await enableProcesses(host, disabled, true)
  await wake(own)
  const others = (await knownProcesses(host)).filter((process) => !isOneOf(process, { slot, settings }))
  const running = others.filter(isUp)
  if (running.length > 0) {
    say('letting the one before finish what it has begun')
    // Those that are awake already have taken over; whatever does not fall asleep in time ends with its process.
    await Promise.all(running.map((process) => setWorkers(process, false)))
    await drained(running, ctx)
    await stopProcesses(host, running)
  }
  await enableProcesses(
    host,
    others.filter(({ enabled }) => enabled),
    false,
  )
}

/** Whether it is one of those that make up the slot as it was prepared. */
export function isOneOf(process: Process, { slot, settings }: PreparedSlot): boolean {
  return process.slot === slot && process.number <= settings.instances && process.runtime === settings.runtime
}

/** Resolves with those that did not wake. */
export async function wake(processes: readonly Process[]): Promise<readonly Process[]> {
  const states = await Promise.all(processes.map((process) => setWorkers(process, true)))
  return processes.filter((_, position) => states[position] !== 'awake')
}

/** For requests that were sent to the old slot just before the switch and have not arrived there yet. */
const onTheWayMs = 1_000
/** NGINX gives up on an answer after 30 s. */
const longestAnswerMs = 32_000

/** Waits until the slot that no new requests go to has answered those that it had. */
async function drained(processes: readonly Process[], { clock, signal }: Context): Promise<void> {
  const deadline = clock.now().getTime() + longestAnswerMs
  await clock.sleep(onTheWayMs, signal)
  while ((await requestsInFlight(processes)) > 0 && clock.now().getTime() < deadline) await clock.sleep(250, signal)
}
