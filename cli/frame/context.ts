import type { Context } from '../../provisioners/engine/resource.ts'
import type { Invocation } from '../verb.ts'

/** What resources may use of an invocation. */
export function contextOf({ signal, clock, emit }: Invocation): Context {
  return { signal, clock, emit }
}
