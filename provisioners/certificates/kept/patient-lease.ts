import { BookstoreError } from '../../engine/errors.ts'
import { type Lease, takeLease } from '../../engine/lease.ts'
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
  const lease = await takePatiently(folder, ctx)
  try {
    return await work()
  } finally {
    await lease.release()
  }
}

async function takePatiently(folder: string, ctx: Context): Promise<Lease> {
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    ctx.signal.throwIfAborted()
    try {
      return await takeLease(folder, { verb: 'cert renew', clock: ctx.clock })
    } catch (error) {
      const busy = error instanceof BookstoreError && error.code === 'busy'
      if (!busy || waitedMs >= patienceMs) throw error
      if (waitedMs === 0) ctx.emit({ type: 'waiting', for: 'another renewal to end', forMs: patienceMs })
      await ctx.clock.sleep(everyMs, ctx.signal)
    }
  }
}
