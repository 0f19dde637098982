/** One thing that a run made and has to take back. */
export interface Trace<World> {
  /** 'the account smoke-3f2a-buyer@example.invalid': no secret is in it. */
  what: string
  /** Takes it back; its being gone already is fine. Throws when it stays. */
  undo(world: World): Promise<void>
}

/** Milliseconds that the clean-up as a whole may take. */
export const cleanupMs = 15_000

/** What is to be taken back, the newest first. A step that took something back itself says so. */
export class Cleanup<World> {
  readonly #traces: Trace<World>[] = []

  /** Call it before the thing is made: a lost answer may still have made it. */
  remember(trace: Trace<World>): void {
    this.#traces.unshift(trace)
  }

  forget(what: string): void {
    const position = this.#traces.findIndex((trace) => trace.what === what)
    if (position >= 0) this.#traces.splice(position, 1)
  }

  /** Tries all of it, one after the other. Returns what is left, and why. Never rejects. */
  async run(world: World): Promise<{ what: string; why: string }[]> {
    const left: { what: string; why: string }[] = []
    for (const { what, undo } of this.#traces.splice(0)) {
      try {
        await undo(world)
      } catch (error) {
        left.push({ what, why: error instanceof Error ? error.message : String(error) })
      }
    }
    return left
  }
}
