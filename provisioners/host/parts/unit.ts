import { BookstoreError } from '../../engine/errors.ts'
import type { Host, UnitState } from '../host.ts'
import { lastLines } from '../machine/program.ts'
import { digestInputs, type Inputs, recordStart, staleness } from './started.ts'

const running = ['active', 'reloading', 'activating']
/** Services with a long way to readiness have a limit of their own in their unit. */
const startMs = 5 * 60_000

export function isRunning({ active }: UnitState): boolean {
  return running.includes(active)
}

/**
 * Sees to it that a unit runs on what its files hold now: started, restarted or reloaded, as little as will do.
 *
 * @throws BookstoreError 'unit-masked', 'unit-missing', 'unit-failed' with the last lines of its log.
 */
export async function bringUp(host: Host, unit: string, inputs: Inputs): Promise<void> {
  const state = await host.unit(unit)
  refuseMasked(unit, state)
  const digests = await digestInputs(inputs)
  const act = isRunning(state) ? await staleness(host, unit, state, inputs) : 'start'
  if (act) await perform(host, act, unit, state)
  const now = await host.unit(unit)
  if (!isRunning(now)) throw await failed(host, unit, now)
  await recordStart(host, unit, { invocation: now.invocation, ...digests })
}

async function perform(host: Host, act: 'start' | 'restart' | 'reload', unit: string, { active, load }: UnitState) {
  if (load === 'not-found') throw unitMissing(unit)
  // One that failed too often in a short time would be refused.
  if (active === 'failed') await host.run(['systemctl', 'reset-failed', '--', unit])
  const word = act === 'reload' ? 'reload-or-restart' : act
  try {
    await host.run(['systemctl', word, '--', unit], { timeoutMs: startMs })
  } catch {
    throw await failed(host, unit, await host.unit(unit))
  }
}

export function refuseMasked(unit: string, { load }: UnitState): void {
  if (load !== 'masked') return
  throw new BookstoreError(`${unit} is masked on this machine, so somebody wants it never to run.`, {
    code: 'unit-masked',
    fault: 'user',
    hint: `Allow it on the machine: systemctl unmask ${unit}`,
  })
}

function unitMissing(unit: string): BookstoreError {
  return new BookstoreError(`This machine has no unit ${unit}.`, {
    code: 'unit-missing',
    fault: 'remote',
    hint: 'The package that brings it may have been removed; run the same command again.',
  })
}

async function failed(host: Host, unit: string, { active }: UnitState): Promise<BookstoreError> {
  const argv = ['journalctl', `--unit=${unit}`, '--lines=10', '--no-pager', '--output=cat', '--quiet'] as const
  const { stdout } = await host.run([...argv], { accept: [0, 1] })
  const said = lastLines(stdout, 5)
  return new BookstoreError(`${unit} does not run (${active}).${said ? ` Its log ends with:\n${said}` : ''}`, {
    code: 'unit-failed',
    fault: 'remote',
    hint: `Look on the machine: systemctl status ${unit}; journalctl -u ${unit}`,
    details: { unit, state: active },
  })
}
