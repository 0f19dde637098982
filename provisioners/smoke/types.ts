/** What the shopper's journey is to be made on. */
export interface SmokeOptions {
  /** Origin of the site: `https://bookstore.localhost:8443`. A path is ignored. */
  url: string
  /** Nothing is written: for a shop with real customers. False by default. */
  readOnly?: boolean
  /** PEM of the only authority whose certificates are believed; without it the authorities that Node knows. */
  ca?: string
  /** Where plain HTTP answers; without it 80 for 443, and `...080` for `...443` (8443 -> 8080). */
  httpPort?: number
  /** IP address that the site is reached at, whatever the DNS says of its name. */
  address?: string
  /** Addresses of more machines that serve it: there the journey only looks. */
  further?: readonly string[]
  /** Languages in which the home page must answer: Spanish and English by default. */
  languages?: readonly string[]
  /**
   * `simulator`: paying costs nothing, buy. `real`: nothing is written. `detect` (the default): look for the demo notice that
   * every page of a shop without real payments has, and believe a name under `.localhost`.
   */
  payments?: 'simulator' | 'real' | 'detect'
  /** Absolute path of a report to write: `.xml` for JUnit, anything else for JSON. */
  report?: string
}

export interface SmokeCheck {
  name: string
  ok: boolean
  /** Not tried, because something that it needs does not hold; `ok` is false then. */
  skipped?: boolean
  durationMs: number
  /** What was found; for a failure one sentence that says what is wrong. */
  message?: string
}

export interface SmokeReport {
  /** Every check holds. */
  ok: boolean
  url: string
  readOnly: boolean
  /** ISO 8601 */
  startedAt: string
  durationMs: number
  checks: readonly SmokeCheck[]
}

/** What a check is for does not hold. The message is a whole sentence for people. */
export class DoesNotHold extends Error {
  override readonly name = 'DoesNotHold'
}

/** @throws DoesNotHold with the sentence unless `condition`. */
export function expect(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new DoesNotHold(sentence)
}
