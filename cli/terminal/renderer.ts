import type { Event } from '../../provisioners/engine/events.ts'
import type { Clock } from '../../provisioners/engine/resource.ts'
import type { Terminal } from './terminal.ts'

/** Turns events into text. Owns its timers, and leaves the terminal as it was found when it is closed. */
export interface Renderer {
  emit(event: Event): void
  /** Gets out of the way of a question; `resume` comes back. */
  pause(): void
  resume(): void
  /** Idempotent. Nothing is written afterwards. */
  close(): void
}

export interface RendererChoice {
  json: boolean
  quiet: boolean
  verbose: boolean
}

/** JSON lines, the live tree on a terminal, plain lines elsewhere; with --quiet only what is wrong. */
export async function createRenderer(choice: RendererChoice, terminal: Terminal, clock: Clock): Promise<Renderer> {
  if (choice.json) return new (await import('./json.ts')).JsonRenderer(terminal)
  if (choice.quiet) return new (await import('./quiet.ts')).QuietRenderer(terminal)
  if (terminal.live) return new (await import('./tree.ts')).TreeRenderer(terminal, clock)
  return new (await import('./plain.ts')).PlainRenderer(terminal, clock, choice.verbose)
}
