import type { Address } from './address.ts'
import type { Emit } from './events.ts'

export type { Address }

export interface Clock {
  now(): Date
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What every resource may use. No printing, no process.*, no clock of its own. */
export interface Context {
  readonly signal: AbortSignal
  readonly clock: Clock
  emit: Emit
}

export interface FieldChange {
  field: string
  from: unknown
  to: unknown
}

export type Change = { do: 'nothing' } | { do: 'update'; fields: FieldChange[] } | { do: 'replace'; because: string[] }

/** What a step costs, shown by `plan` before anything is touched. */
export interface Cost {
  downtime: 'none' | 'brief' | 'long'
  dataAtRisk: boolean
  /** US dollars a month, after minus before. */
  monthly: number
}

/**
 * One thing of the world that we own. `State` is what `read` finds, `Desired` what the blueprint wants.
 *
 * - `read` answers for our own thing only, and `undefined` when it is not there. It changes nothing.
 * - `diff` is pure.
 * - `create`, `update` and `delete` may be killed at any instant; running the verb again must finish the job.
 * - `delete` of what is already gone succeeds.
 */
export interface Resource<Desired = unknown, State = unknown> {
  readonly address: Address
  /** Human name in progress and plan: 'PostgreSQL', 'catalog 1'. */
  readonly label: string
  readonly dependsOn: readonly Address[]
  /** Computed when its dependencies are done, so that it may use what they found out. */
  desired(ctx: Context): Promise<Desired> | Desired
  read(ctx: Context): Promise<State | undefined>
  diff(desired: Desired, actual: State): Change
  create(desired: Desired, ctx: Context): Promise<State>
  update(desired: Desired, actual: State, ctx: Context): Promise<State>
  delete(actual: State, ctx: Context): Promise<void>
  /** One short phrase for the progress line: 'embedded 18.4', 'proyecto2.online, www'. */
  detail?(state: State): string
  cost?(action: 'create' | 'update' | 'replace' | 'delete'): Cost
}
