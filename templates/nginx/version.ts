/** What the directives depend on. */
export interface NginxVersion {
  /** '1.22.1'. */
  version: string
  /** '3.0.15'; `undefined` for another TLS library (LibreSSL). */
  openssl: string | undefined
}

/** Whether a dotted version is at least another. */
export function atLeast(version: string, least: string): boolean {
  const numbers = (text: string) => text.split('.').map(Number)
  const [have, want] = [numbers(version), numbers(least)]
  for (let place = 0; place < 3; place++) {
    const difference = (have[place] ?? 0) - (want[place] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
