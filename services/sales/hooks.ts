/**
 * Every boundary of the saga: before and after each foreign call and each commit. A process may die at any of them, and
 * the tests see to it that it does.
 */
export const checkpoints = [
  'create:begun',
  'create:pending',
  'reserve:before-call',
  'reserve:after-call',
  'reserve:before-commit',
  'reserve:committed',
  'pay:begun',
  'pay:paying',
  'keep:before-call',
  'keep:after-call',
  'charge:before-call',
  'charge:after-call',
  'settle:before-commit',
  'settle:committed',
  'webhook:before-commit',
  'webhook:committed',
  'cancel:begun',
  'cancel:before-commit',
  'cancel:committed',
  'refund:before-call',
  'refund:after-call',
  'refund:before-commit',
  'refund:committed',
  'release:before-call',
  'release:after-call',
  'confirm:before-call',
  'confirm:after-call',
  'expire-again:before-call',
  'expire-again:after-call',
  'deliver:before-commit',
  'ship:before-commit',
  'ship:committed',
] as const

export type Checkpoint = (typeof checkpoints)[number]

export interface Hooks {
  /** Awaited at each boundary; the saga goes on when it resolves. */
  checkpoint(name: Checkpoint): Promise<void> | void
}

export const noHooks: Hooks = { checkpoint: () => undefined }
