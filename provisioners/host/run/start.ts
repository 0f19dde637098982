import type { Clock } from '../../engine/resource.ts'
import { busy } from '../machine/lock.ts'
import type { Request } from '../protocol.ts'
import { readEnds } from './lines.ts'
import type { Runs } from './runs.ts'
import type { RunUnit } from './unit.ts'

const retryMs = 200
/** How long one that has said its last word may take to be gone. */
const endingMs = 60_000

export interface StartOptions {
  verb: string
  request: Request
  /** How long somebody else's run may go on before this one gives up; a timer waits, an operator does not. */
  waitMs: number
  clock: Clock
  signal: AbortSignal
}

/**
 * Starts a run, or finds the one that was started by the same request and is under way. Resolves with its id.
 *
 * @throws BookstoreError 'busy' with status 75: somebody else's; 'run-not-started'.
 */
export async function startOrAttach(runs: Runs, unit: RunUnit, options: StartOptions): Promise<string> {
  const { verb, request, clock, signal } = options
  const begun = clock.now().getTime()
  for (;;) {
    const other = await unit.underWay()
    if (other === undefined) {
      const { id } = await runs.prepare(verb, request, clock.now())
      if (await unit.start(id)) return id
      await runs.forget(id)
      continue
    }
    const { first, last } = await readEnds(runs.eventsFile(other))
    if (!last && (await runs.isSame(other, verb, request))) return other
    if (clock.now().getTime() - begun > Math.max(options.waitMs, last ? endingMs : 0)) throw busy(first)
    await clock.sleep(retryMs, signal)
  }
}
