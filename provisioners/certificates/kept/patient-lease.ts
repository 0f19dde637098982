import { BookstoreError } from '../../engine/errors.ts'
import { takeLease } from '../../engine/lease.ts'
import type { Context } from '../../engine/resource.ts'

/** Longer than any renewal takes that has not got stuck. */
const patienceMs = 1_800_000
const everyMs = 1_000

/**
 * Runs `work` under the lease in `folder`. Other than the lease of a whole shop this one is waited for: whoever comes
 * second finds the work done.
 *
 * @throws BookstoreError 'busy' with status 75 when the other holds it for half an hour.
 */
export async function withPatientLease<T>(folder: string, work: () => Promise<T>, ctx: Context): Promise<T> {
  const lease = await patiently(() => takeLease(folder, { verb: 'cert renew', clock: ctx.clock }), ctx)
  try {
    return await work()
  } finally {
    await lease.release()
  }
}

/** Takes what others may hold; @throws what `take` does, its 'busy' only after half an hour. */
export async function patiently<T>(take: () => Promise<T>, ctx: Context): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    ctx.signal.throwIfAborted()
    try {
      return await take()
    } catch (error) {
      const busy = error instanceof BookstoreError && error.code === 'busy'
      if (!busy || waitedMs >= patienceMs) throw error
      if (waitedMs === 0) ctx.emit({ type: 'waiting', for: 'another renewal to end', forMs: patienceMs })
      await ctx.clock.sleep(everyMs, ctx.signal)
    }
  }
}
