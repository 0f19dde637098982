import type { StepAction } from './events.ts'
import type { Address, Cost, FieldChange } from './resource.ts'

/** One thing that `apply` will do, as data: `plan` prints it, `apply` runs it. */
export interface Step {
  readonly address: Address
  readonly label: string
  readonly action: StepAction
  /** For an update: what differs. */
  readonly changes: readonly FieldChange[]
  /** For a replacement: why it cannot be changed in place. */
  readonly because: readonly string[]
  readonly cost: Cost
  /** Steps and followers of the same plan that come first. */
  readonly dependsOn: readonly Address[]
}

/**
 * A resource that is as it should be, downstream of one that is not: it is looked at again when those are done, and
 * changed only if they made it differ (a server reloads when its certificate was renewed).
 */
export interface Follower {
  readonly address: Address
  readonly label: string
  readonly dependsOn: readonly Address[]
}

export interface Plan {
  /** In an order in which they could run one by one. Empty: nothing to change. */
  readonly steps: readonly Step[]
  readonly followers: readonly Follower[]
  /** US dollars, where somebody bills for it and all prices are known: what stands, and what stands afterwards. */
  readonly monthly?: { readonly before: number; readonly after: number }
}
