import type { ApiCall } from './front/read-call.ts'

/** One API call that the front has seen. */
export interface Call extends ApiCall {
  /** 1, 2, …: in the order in which they arrived. */
  readonly order: number
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number
  /** Until its answer was on its way; undefined while it is not. */
  took?: number
  /** Undefined while there is none. */
  outcome?: Outcome
}

export interface Outcome {
  /** HTTP status; 0 where the caller got none. */
  status: number
  /** Of the error: 'InvalidGroup.NotFound'. */
  code?: string
  /** What the front did to it on purpose. */
  fault?: string
}
