import type { Address, Change, Context, Cost, FieldChange, Resource } from './resource.ts'

/** A resource whose creation and change are one and the same act: bring it about. */
export interface Definition<Desired, State> {
  address: Address
  label: string
  dependsOn: readonly Address[]
  desired(ctx: Context): Promise<Desired> | Desired
  read(ctx: Context): Promise<State | undefined>
  diff(desired: Desired, actual: State): Change
  ensure(desired: Desired, actual: State | undefined, ctx: Context): Promise<State>
  /** Without it the thing goes with the folder that it is in. */
  remove?(actual: State, ctx: Context): Promise<void>
  detail?(state: State): string
  cost?(action: 'create' | 'update' | 'replace' | 'delete'): Cost
}

/**
 * A creation looks again first: what could not be seen when the plan was made, such as a database whose server did
 * not run yet, may be there and as it should be.
 */
export function define<Desired, State>(definition: Definition<Desired, State>): Resource<Desired, State> {
  const { ensure, remove, ...rest } = definition
  return {
    ...rest,
    async create(desired, ctx) {
      const found = await definition.read(ctx)
      const good = found !== undefined && definition.diff(desired, found).do === 'nothing'
      return good ? found : ensure(desired, found, ctx)
    },
    update: ensure,
    delete: async (actual, ctx) => remove?.(actual, ctx),
  }
}

export const nothing: Change = { do: 'nothing' }

/** An update of what differs, or nothing. */
export function changeOf(...fields: readonly (FieldChange | undefined | false)[]): Change {
  const real = fields.filter((field): field is FieldChange => typeof field === 'object')
  return real.length === 0 ? nothing : { do: 'update', fields: real }
}

/** A field that differs, or `undefined`. */
export function differs(field: string, from: unknown, to: unknown): FieldChange | undefined {
  return JSON.stringify(from) === JSON.stringify(to) ? undefined : { field, from, to }
}

export const briefly: Cost = { downtime: 'brief', dataAtRisk: false, monthly: 0 }

export const freely: Cost = { downtime: 'none', dataAtRisk: false, monthly: 0 }
