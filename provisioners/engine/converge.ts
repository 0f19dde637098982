import { type ApplyOptions, apply, type Summary } from './apply.ts'
import { BookstoreError } from './errors.ts'
import { reasonOf } from './interrupted.ts'
import { type Lease, withLease } from './lease.ts'
import { plan, planDestroy } from './plan.ts'
import type { Context, Resource } from './resource.ts'
import type { Plan } from './step.ts'

export interface Stack {
  readonly resources: readonly Resource[]
  /** No longer wanted; deleted when they exist. */
  readonly obsolete?: readonly Resource[]
}

export interface Guard {
  /** Folder of the lease. */
  lease: string
  verb: string
}

export interface Convergence {
  readonly plan: Plan
  readonly summary: Summary
}

/**
 * Under the lease: plans, and applies just that plan. Resolves when the world is as the stack wants it.
 *
 * @throws BookstoreError 'busy'; 'interrupted'; or the first failure, with all of them and what stands now in it.
 */
export function converge(stack: Stack, guard: Guard, ctx: Context): Promise<Convergence> {
  const { resources, obsolete = [] } = stack
  return guarded(guard, ctx, [...resources, ...obsolete], () => plan(resources, ctx, obsolete))
}

/** Under the lease: deletes what exists of the resources, dependents first. Throws like `converge`. */
export function destroy(resources: readonly Resource[], guard: Guard, ctx: Context): Promise<Convergence> {
  return guarded(guard, ctx, resources, () => planDestroy(resources, ctx))
}

function guarded(
  { lease: folder, verb }: Guard,
  ctx: Context,
  resources: readonly Resource[],
  makePlan: () => Promise<Plan>,
): Promise<Convergence> {
  return withLease(folder, { verb, clock: ctx.clock }, async (lease) => {
    const made = await makePlan()
    const summary = await apply(made, resources, ctx, checking(lease))
    const error = failureOf(summary, ctx.signal)
    if (error) throw error
    return { plan: made, summary }
  })
}

function checking(lease: Lease): ApplyOptions {
  return { beforeChange: () => lease.check() }
}

/** What went wrong, as one error, or undefined when all is done. */
export function failureOf(
  { done, failed, skipped, interrupted }: Summary,
  signal: AbortSignal,
): BookstoreError | undefined {
  const details = { done, failed: failed.map(({ address, error }) => ({ address, code: error.code })), skipped }
  const [first] = failed
  if (first === undefined) {
    if (!interrupted) return undefined
    return withDetails(reasonOf(signal), [standing(done.length, skipped.length, 'finished')], details)
  }
  const others = failed.slice(1).map(({ label, error }) => `${label}: ${error.message}`)
  return withDetails(first.error, [...others, standing(done.length, skipped.length)], details)
}

function standing(done: number, skipped: number, as: 'started' | 'finished' = 'started'): string {
  const stays =
    done === 0 ? 'Nothing was changed' : done === 1 ? 'One step is done and stays' : `${done} steps are done and stay`
  const rest = skipped === 0 ? '' : skipped === 1 ? `; one was not ${as}` : `; ${skipped} were not ${as}`
  return `${stays}${rest}.`
}

function withDetails(error: BookstoreError, more: readonly string[], details: Record<string, unknown>): BookstoreError {
  const { code, fault, hint, status } = error
  return new BookstoreError([error.message, ...more].join('\n'), {
    code,
    fault,
    status,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
    details: { ...error.details, ...details },
  })
}
