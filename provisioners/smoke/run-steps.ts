import type { Context } from '../engine/resource.ts'
import { DoesNotHold, type SmokeCheck } from './types.ts'
import type { Step, Visit } from './visit.ts'

/**
 * Runs the steps one after the other and emits a `check` for each that is tried. A step whose needs do not hold is not,
 * nor is any once `deadline` has aborted. Rejects only with the reason of `ctx.signal`.
 */
export async function runSteps(
  steps: readonly Step[],
  visit: Visit,
  ctx: Context,
  deadline: AbortSignal,
): Promise<SmokeCheck[]> {
  const checks: SmokeCheck[] = []
  for (const step of steps) {
    const obstacle = obstacleOf(step, checks)
    const check = obstacle === undefined ? await runStep(step, visit, ctx, deadline) : skipped(step, obstacle)
    checks.push(check)
    if (!check.skipped) report(check, ctx)
  }
  mentionSkipped(checks, ctx)
  return checks
}

export function report({ name, ok, durationMs, message }: SmokeCheck, { emit }: Context): void {
  emit({ type: 'check', name, ok, durationMs, ...(message === undefined ? {} : { message }) })
}

function mentionSkipped(checks: readonly SmokeCheck[], { emit }: Context): void {
  const names = checks.filter((check) => check.skipped).map(({ name }) => name)
  if (names.length === 0) return
  const count = names.length === 1 ? 'One check was' : `${names.length} checks were`
  emit({ type: 'note', level: 'warning', message: `${count} not tried after that: ${names.join(', ')}.` })
}

function obstacleOf({ needs = [] }: Step, checks: readonly SmokeCheck[]): string | undefined {
  return checks.find(({ name, ok }) => !ok && needs.includes(name))?.name
}

function skipped({ name }: Step, obstacle: string): SmokeCheck {
  return { name, ok: false, skipped: true, durationMs: 0, message: `Not tried, because '${obstacle}' does not hold.` }
}

async function runStep(step: Step, visit: Visit, ctx: Context, deadline: AbortSignal): Promise<SmokeCheck> {
  const started = ctx.clock.now().getTime()
  const end = (ok: boolean, message: string | undefined): SmokeCheck => ({
    name: step.name,
    ok,
    durationMs: ctx.clock.now().getTime() - started,
    ...(message === undefined ? {} : { message }),
  })
  try {
    deadline.throwIfAborted()
    return end(true, await step.run(visit))
  } catch (error) {
    ctx.signal.throwIfAborted()
    return end(false, deadline.aborted ? 'There was no time left for it.' : sentenceOf(error))
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof DoesNotHold) return error.message
  return `Something unexpected came up: ${error instanceof Error ? error.message : String(error)}`
}
