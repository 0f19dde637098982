import { Resolver } from 'node:dns/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Calls `changed` for a zone `lagMs` after its serial number has moved on at `server`, until `signal` aborts. Knot can tell a
 * secondary at once or let it ask by the clock; a lag that a test can rely on needs both ends to be watched.
 */
export async function watchSerials(
  server: string,
  zones: readonly string[],
  lagMs: number,
  changed: (zone: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 })
  resolver.setServers([server])
  const serials = new Map<string, number>()
  while (!signal.aborted) {
    for (const zone of zones) {
      // A server that is cut off has not changed.
      const serial = await resolver.resolveSoa(zone).then(
        (it) => it.serial,
        () => undefined,
      )
      const before = serials.get(zone)
      if (serial === undefined || serial === before) continue
      serials.set(zone, serial)
      if (before !== undefined)
        void sleep(lagMs, undefined, { signal }).then(
          () => changed(zone),
          () => {},
        )
    }
    await sleep(50, undefined, { signal }).catch(() => {})
  }
}
