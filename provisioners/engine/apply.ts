import { BookstoreError } from './errors.ts'
import type { StepAction } from './events.ts'
import { inOrder } from './graph.ts'
import { isInterruption, reasonOf } from './interrupted.ts'
import type { Address, Change, Context, Resource } from './resource.ts'
import type { Follower, Plan, Step } from './step.ts'
import { describeSystemError } from './system-error.ts'

export interface Failure {
  readonly address: Address
  readonly label: string
  readonly error: BookstoreError
}

/** What an application of a plan came to. */
export interface Summary {
  /** Addresses that were changed, in the order in which they were finished. */
  readonly done: readonly Address[]
  /** In the order of the plan, whichever came first. */
  readonly failed: readonly Failure[]
  readonly skipped: readonly { address: Address; label: string; because: string }[]
  readonly interrupted: boolean
  readonly durationMs: number
}

export interface ApplyOptions {
  /** Called before each change; a rejection fails the step. A lease checks here that it is still held. */
  beforeChange?: () => Promise<void>
}

type Outcome = 'changed' | 'unchanged' | 'failed' | 'skipped'

/**
 * Runs the steps of a plan over the resources that it was made from. Steps that do not depend on each other run at the
 * same time. A failure skips what depends on it and lets the rest finish; an abort starts nothing more, and running
 * steps end through `ctx.signal`. Never rejects for a failed step: the summary says.
 */
export async function apply(
  { steps, followers }: Plan,
  resources: readonly Resource[],
  ctx: Context,
  options: ApplyOptions = {},
): Promise<Summary> {
  const run = new Run(new Map(resources.map((resource) => [resource.address, resource])), ctx, options)
  return run.all(steps, followers)
}

class Run {
  readonly #resources: ReadonlyMap<Address, Resource>
  readonly #ctx: Context
  readonly #options: ApplyOptions
  readonly #done: Address[] = []
  readonly #failed: Failure[] = []
  /** Why something did not come about: the first failure on the way to it. */
  readonly #reasons = new Map<Address, string>()
  readonly #skipped: { address: Address; label: string; because: string }[] = []

  constructor(resources: ReadonlyMap<Address, Resource>, ctx: Context, options: ApplyOptions) {
    this.#resources = resources
    this.#ctx = ctx
    this.#options = options
  }

  async all(steps: readonly Step[], followers: readonly Follower[]): Promise<Summary> {
    const started = this.#now()
    this.#ctx.emit({
      type: 'planned',
      steps: steps.map(({ address, label, action }) => ({ address, label, action })),
    })
    const outcomes = new Map<Address, Promise<Outcome>>()
    const order = inOrder<Step | Follower>([...steps, ...followers])
    for (const node of order) {
      outcomes.set(node.address, this.#whenReady(node, outcomes))
    }
    await Promise.all(outcomes.values())
    return {
      done: this.#done,
      failed: order.flatMap(({ address }) => this.#failed.filter((failure) => failure.address === address)),
      skipped: this.#skipped,
      interrupted: this.#ctx.signal.aborted,
      durationMs: this.#now() - started,
    }
  }

  async #whenReady(node: Step | Follower, outcomes: ReadonlyMap<Address, Promise<Outcome>>): Promise<Outcome> {
    const before = await Promise.all(node.dependsOn.map((address) => outcomes.get(address)))
    if (this.#ctx.signal.aborted) return this.#skip(node, 'interrupted')
    const broken = node.dependsOn.find((_, at) => before[at] === 'failed' || before[at] === 'skipped')
    if (broken !== undefined) return this.#skip(node, this.#reasons.get(broken) ?? 'interrupted')
    if ('action' in node) return this.#step(node)
    return before.includes('changed') ? this.#follow(node) : 'unchanged'
  }

  async #step(step: Step): Promise<Outcome> {
    return this.#guarded(step, step.action, async (resource) => {
      const change = step.action === 'create' ? ({ do: 'create' } as const) : await this.#lookAgain(step, resource)
      return this.#change(resource, change)
    })
  }

  /** Silent until it turns out that there is something to do. */
  async #follow(follower: Follower): Promise<Outcome> {
    const resource = this.#resource(follower.address)
    try {
      const found = await this.#compare(resource)
      if (found.do === 'nothing') return 'unchanged'
      const risky = found.do === 'replace' && resource.cost?.('replace').dataAtRisk === true
      return this.#guarded(follower, found.do, () => {
        if (risky) throw worldChanged(follower.label)
        return this.#change(resource, found)
      })
    } catch (error) {
      return this.#guarded(follower, 'update', () => Promise.reject(error))
    }
  }

  /** What a step has to do now; the world may have moved since the plan, but never towards more than it said. */
  async #lookAgain(step: Step, resource: Resource): Promise<Decision> {
    if (step.action === 'delete') {
      const actual = await resource.read(this.#ctx)
      return actual === undefined ? { do: 'nothing', actual } : { do: 'delete', actual }
    }
    const found = await this.#compare(resource)
    if (step.action === 'update' && found.do === 'replace') throw worldChanged(step.label)
    return found
  }

  async #compare(resource: Resource): Promise<Decision> {
    const actual = await resource.read(this.#ctx)
    if (actual === undefined) return { do: 'create' }
    const desired = await resource.desired(this.#ctx)
    return { do: resource.diff(desired, actual).do, actual }
  }

  async #change(resource: Resource, decision: Decision): Promise<unknown> {
    if (decision.do === 'nothing') return decision.actual
    await this.#options.beforeChange?.()
    this.#ctx.signal.throwIfAborted()
    if (decision.do === 'delete') return resource.delete(decision.actual, this.#ctx)
    const desired = await resource.desired(this.#ctx)
    if (decision.do === 'update') return resource.update(desired, decision.actual, this.#ctx)
    if (decision.do === 'replace') await resource.delete(decision.actual, this.#ctx)
    return resource.create(desired, this.#ctx)
  }

  /** Events around one piece of work; what it throws becomes a failure of this step alone. */
  async #guarded(
    node: Step | Follower,
    action: StepAction,
    work: (resource: Resource) => Promise<unknown>,
  ): Promise<Outcome> {
    const { address, label } = node
    const started = this.#now()
    this.#ctx.emit({ type: 'step-started', address, label, action })
    try {
      const resource = this.#resource(address)
      const state = await work(resource)
      const detail = state === undefined || action === 'delete' ? undefined : resource.detail?.(state)
      const durationMs = this.#now() - started
      this.#ctx.emit({ type: 'step-finished', address, label, action, durationMs, ...(detail ? { detail } : {}) })
      this.#done.push(address)
      return 'changed'
    } catch (error) {
      return this.#fail(node, action, error, this.#now() - started)
    }
  }

  #fail({ address, label }: Step | Follower, action: StepAction, thrown: unknown, durationMs: number): Outcome {
    const stopped = this.#ctx.signal.aborted && !(thrown instanceof BookstoreError)
    const error = stopped ? reasonOf(this.#ctx.signal) : describeSystemError(thrown, `${gerund[action]} ${label}`)
    const { code, message } = error
    this.#reasons.set(address, `${label} failed`)
    this.#ctx.emit({ type: 'step-failed', address, label, action, code, message, durationMs })
    if (!isInterruption(error)) this.#failed.push({ address, label, error })
    else this.#skipped.push({ address, label, because: 'interrupted' })
    return 'failed'
  }

  #skip({ address, label }: Step | Follower, because: string): Outcome {
    this.#skipped.push({ address, label, because })
    this.#reasons.set(address, because)
    this.#ctx.emit({ type: 'step-skipped', address, label, because })
    return 'skipped'
  }

  #resource(address: Address): Resource {
    const resource = this.#resources.get(address)
    if (resource) return resource
    throw new BookstoreError(`The plan names ${address}, which the blueprint does not have.`, {
      code: 'plan-foreign',
      fault: 'bug',
    })
  }

  #now(): number {
    return this.#ctx.clock.now().getTime()
  }
}

type Decision = { do: 'create' } | { do: Change['do'] | 'delete'; actual: unknown }

const gerund = { create: 'creating', update: 'changing', replace: 'replacing', delete: 'deleting' } as const

function worldChanged(label: string): BookstoreError {
  return new BookstoreError(`${label} has changed since the plan was made: it would have to be replaced now.`, {
    code: 'world-changed',
    fault: 'remote',
    hint: 'Look at the new plan: bookstore plan',
  })
}
