import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until there is an answer; fails with `what` after `forMs`, or with the signal's reason. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  {
    forMs = 120_000,
    everyMs = 50,
    signal,
  }: { forMs?: number; everyMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const deadline = Date.now() + forMs
  for (;;) {
    signal?.throwIfAborted()
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`in vain for ${forMs} ms: ${what}`)
    await sleep(everyMs)
  }
}
