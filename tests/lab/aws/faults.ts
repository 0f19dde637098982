import type { Call } from './calls.ts'

/** Which calls: all that is given must hold. */
export interface Selector {
  /** Only the call of this order, 1 the first that the front has seen. */
  order?: number
  service?: string
  action?: string
  where?: (call: Call) => boolean
  /** Only the nth of the calls that the others select, 1 the first since the fault was told. */
  nth?: number
  /** At most so many of them, for ever unless told. */
  times?: number
}

export type Effect =
  /** Refused with the service's code for too many calls; it has no effect. */
  | { do: 'throttle' }
  /** 500 InternalError; it has no effect. */
  | { do: 'fail' }
  /** Refused with a code of your choice; it has no effect. */
  | { do: 'refuse'; code: string; message?: string; status?: number }
  /** It takes effect, and the connection breaks before the answer. */
  | { do: 'lose-answer' }
  /** The connection breaks before it takes effect. */
  | { do: 'lose-request' }
  /** The answer comes so much later. */
  | { do: 'delay'; ms: number }
  /**
   * `run` is called and awaited: 'before' it takes effect, 'after' it has and before the first byte of its answer, or
   * 'answering', when half of the answer has been sent. Kill the caller there.
   */
  | { do: 'call'; when: 'before' | 'after' | 'answering'; run: (call: Call) => void | Promise<void> }

export type Fault = Selector & Effect
export type FaultPlan = readonly Fault[]

/** The faults in force, and how often each has been met. */
export class Faults {
  #standing: Array<{ fault: Fault; met: number; struck: number }> = []

  add(plan: FaultPlan): void {
    this.#standing.push(...plan.map((fault) => ({ fault, met: 0, struck: 0 })))
  }

  clear(): void {
    this.#standing = []
  }

  /** Those that strike this call; asked once a call. */
  of(call: Call): Effect[] {
    return this.#standing.flatMap((standing) => {
      const { fault } = standing
      if (fault.order !== undefined && fault.order !== call.order) return []
      if (fault.service !== undefined && fault.service !== call.service) return []
      if (fault.action !== undefined && fault.action !== call.action) return []
      if (fault.where && !fault.where(call)) return []
      standing.met += 1
      if (fault.nth !== undefined && fault.nth !== standing.met) return []
      if (fault.times !== undefined && standing.struck >= fault.times) return []
      standing.struck += 1
      return [fault]
    })
  }
}
