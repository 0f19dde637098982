/**
 * The emulator invents addresses that are somebody's. Those that callers see are loopback, or the lab's: a program under test
 * never reaches out to a stranger.
 */
export class Addresses {
  #shown = new Map<string, string>()
  #meant = new Map<string, string>()

  /** `inner`, which the emulator uses, is shown as `outer`. */
  set(inner: string, outer: string): void {
    this.#shown.set(inner, outer)
    this.#meant.set(outer, inner)
  }

  /** `inner` is shown as `outer`, by which callers mean another one. */
  alias(inner: string, outer: string): void {
    this.#shown.set(inner, outer)
  }

  has(inner: string): boolean {
    return this.#shown.has(inner)
  }

  show(inner: string): string {
    return this.#shown.get(inner) ?? inner
  }

  /** All of a text from the emulator, names with dashes included. */
  outward(text: string): string {
    return replaced(text, [...this.#shown])
  }

  /** All of a text from a caller. */
  inward(text: string): string {
    return replaced(text, [...this.#meant])
  }
}

/** Names have dashes: 'ip-10-0-0-1', 'ec2-192-0-2-1'. */
const written = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)|(?<=\b(?:ip|ec2)-)\d{1,3}(?:-\d{1,3}){3}(?!\d)/g

function replaced(text: string, pairs: ReadonlyArray<readonly [string, string]>): string {
  const to = new Map(pairs.flatMap(([from, into]) => [[from, into] as const, [dashed(from), dashed(into)] as const]))
  return text.replace(written, (it) => to.get(it) ?? it)
}

const dashed = (address: string) => address.replaceAll('.', '-')
