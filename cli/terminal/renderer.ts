import type { Event } from '../../provisioners/engine/events.ts'

/** Turns events into text. Owns its timers, and leaves the terminal as it was found when it is closed. */
export interface Renderer {
  emit(event: Event): void
  /** Gets out of the way of a question; `resume` comes back. */
  pause(): void
  resume(): void
  /** Idempotent. Nothing is written afterwards. */
  close(): void
}
