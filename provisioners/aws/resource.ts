import type { Address, Change, Context, Cost, Resource } from '../engine/resource.ts'
import type { Aws, Operation } from './clients.ts'
import { AwsError, isAws } from './errors.ts'
import { type Billed, monthlyOf } from './prices/prices.ts'

/** Every call that a resource may make, for policies and for tests that hold it to its word. */
export interface Calls {
  readonly read: readonly Operation[]
  readonly create: readonly Operation[]
  readonly update: readonly Operation[]
  readonly delete: readonly Operation[]
}

export interface AwsDefinition<Desired, State> {
  address: Address
  label: string
  dependsOn: readonly Address[]
  calls: Calls
  billed?: readonly Billed[]
  /** By what that is billed which stands, where it may differ from what is wanted. */
  billedAs?(state: State): readonly Billed[]
  desired(): Promise<Desired> | Desired
  /** Ours only. @throws BookstoreError 'aws-ambiguous', 'aws-foreign'. */
  read(ctx: Context): Promise<State | undefined>
  diff(desired: Desired, actual: State): Change
  create(desired: Desired, ctx: Context): Promise<State>
  update(desired: Desired, actual: State, ctx: Context): Promise<State>
  delete(actual: State, ctx: Context): Promise<void>
  detail?(state: State): string
  /** Downtime and risk, where there are any; what it is billed by says the rest. */
  cost?(action: Action): Omit<Cost, 'monthly'>
  /** Codes of a create that say: it is there already. Then it is read, and adopted when it is ours. */
  duplicates?: readonly string[]
}

/** What others may know of a resource that they stand on. */
export interface Seen<State> {
  readonly address: Address
  /** As last read, made or changed; undefined when it is not there (yet). */
  seen(): State | undefined
}

/** A resource that remembers what was last seen of it. */
export interface AwsResource<Desired = unknown, State = unknown> extends Resource<Desired, State>, Seen<State> {
  readonly calls: Calls
  readonly billed?: readonly Billed[]
  /** By what that is billed which was last seen; nothing where there is none. */
  standing(): readonly Billed[]
}

/**
 * Around every create: it is looked for what a killed or interrupted run has made, as long as that may be hidden; and
 * after a lost answer it is looked again before anything is sent again. So there is one of everything in the end.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export function awsResource<Desired, State>(
  aws: Aws,
  definition: AwsDefinition<Desired, State>,
): AwsResource<Desired, State> {
  let last: State | undefined
  const remember = <T extends State | undefined>(state: T): T => {
    last = state
    return state
  }
  const read = async (ctx: Context) => remember(await definition.read(ctx))
  const adopt = async (desired: Desired, found: State, ctx: Context): Promise<State> => {
    const change = definition.diff(desired, found)
    return change.do === 'nothing' ? found : definition.update(desired, found, ctx)
  }
  const { duplicates = [], desired, billedAs, ...rest } = definition
  const { billed = [] } = definition
  const standing = () => (last === undefined ? [] : (billedAs?.(last) ?? billed))
  const cost = (action: Action): Cost => ({
    ...(definition.cost?.(action) ?? harmless),
    monthly: difference(standing(), action === 'delete' ? [] : billed),
  })
  return {
    ...rest,
    cost,
    standing,
    desired: () => desired(),
    seen: () => last,
    read,
    async create(wanted, ctx) {
      const found = await lookFor(read, aws.cautiousUntil, ctx)
      if (found !== undefined) return remember(await adopt(wanted, found, ctx))
      for (let attempt = 1; ; attempt++) {
        try {
          return remember(await definition.create(wanted, ctx))
        } catch (error) {
          const there = isAws(error, ...duplicates)
          if (!there && !(error instanceof AwsError && error.unsettled)) throw error
          const made = await lookFor(read, ctx.clock.now().getTime() + aws.consistencyMs, ctx)
          aws.settle(error)
          if (made !== undefined) return remember(await adopt(wanted, made, ctx))
          if (there || attempt === 3) throw error
        }
      }
    },
    update: async (wanted, actual, ctx) => remember(await definition.update(wanted, actual, ctx)),
    async delete(actual, ctx) {
      await definition.delete(actual, ctx)
      remember(undefined)
    },
  }
}

/** Nothing stands still and nothing is lost, whatever is done with it. */
const harmless = { downtime: 'none', dataAtRisk: false } as const

type Action = 'create' | 'update' | 'replace' | 'delete'

/** US dollars a month, after minus before. A price that is not known leaves no sum, which counts as nothing. */
function difference(before: readonly Billed[], after: readonly Billed[]): number {
  const [less, more] = [monthlyOf(before), monthlyOf(after)]
  return less === undefined || more === undefined ? 0 : Math.round((more - less) * 100) / 100
}

const lookEveryMs = 2_000

/** Looks once at least, and until that time (milliseconds since the epoch). */
async function lookFor<T>(
  read: (ctx: Context) => Promise<T | undefined>,
  untilMs: number,
  ctx: Context,
): Promise<T | undefined> {
  for (;;) {
    const found = await read(ctx)
    const left = untilMs - ctx.clock.now().getTime()
    if (found !== undefined || left <= 0) return found
    await ctx.clock.sleep(Math.min(lookEveryMs, left), ctx.signal)
  }
}
