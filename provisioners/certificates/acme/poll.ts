import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { AcmeClient } from './client.ts'

const firstDelayMs = 250
const longestDelayMs = 10_000
/** Authorities validate and sign within seconds; what takes longer has got stuck there. */
const patienceMs = 600_000

/**
 * Reads something of the authority's until its status is another than these, as often as the authority likes
 * (Retry-After; RFC 8555, section 7.5.1), else less and less often.
 *
 * @param what 'the order'; for the error.
 * @throws BookstoreError 'authority-slow' after ten minutes.
 */
export async function whileStatus<T extends { status: string }>(
  pending: readonly string[],
  what: string,
  read: () => Promise<T>,
  client: AcmeClient,
  ctx: Context,
): Promise<T> {
  const until = ctx.clock.now().getTime() + patienceMs
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 1.6, longestDelayMs)) {
    const found = await read()
    if (!pending.includes(found.status)) return found
    const left = until - ctx.clock.now().getTime()
    if (left <= 0) throw slow(what, found.status)
    await ctx.clock.sleep(Math.min(client.waitMs || delayMs, left), ctx.signal)
  }
}

function slow(what: string, status: string): BookstoreError {
  return new BookstoreError(`The authority has left ${what} '${status}' for ${patienceMs / 60_000} minutes.`, {
    code: 'authority-slow',
    fault: 'remote',
    hint: 'Run the same command again later; the order goes on where it stopped.',
  })
}
