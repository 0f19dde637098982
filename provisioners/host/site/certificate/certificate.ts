import { changeOf, define, differs, freely } from '../../../engine/define.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { machineStore, obtain } from './obtain.ts'
import { type CertificateSpec, certificateSchema } from './schema.ts'

interface State {
  names: readonly string[]
  authority: string
  /** ISO 8601 */
  notAfter: string
}

/**
 * A certificate of an ACME authority, by DNS-01. Renewal is a matter of its timer; this item sees to it that there is one
 * for these names, of this authority, that has not expired.
 *
 * Wants first: `nginx-site`, and the secrets of the DNS provider.
 */
export const certificate = itemKind<CertificateSpec>({ kind: 'certificate', schema: certificateSchema, resource })

function resource(base: ItemBase, spec: CertificateSpec, host: Host) {
  return define<Omit<State, 'notAfter'> & { now: string }, State>({
    ...base,
    desired: ({ clock }) => ({
      names: [...spec.names].sort(),
      authority: spec.authority.directory,
      now: clock.now().toISOString(),
    }),
    read: readState,
    diff: (desired, actual) =>
      changeOf(
        differs('names', actual.names, desired.names),
        differs('authority', actual.authority, desired.authority),
        actual.notAfter <= desired.now && { field: 'expired', from: actual.notAfter, to: 'a new one' },
      ),
    async ensure(_, __, ctx) {
      await obtain(spec, {}, host, ctx, base.address)
      return (await readState()) as State
    },
    remove: async () => {},
    detail: ({ names, notAfter }) => `${names.join(', ')}, until ${notAfter.slice(0, 10)}`,
    cost: () => freely,
  })
}

async function readState(): Promise<State | undefined> {
  const found = await machineStore().current()
  return (
    found && {
      names: [...found.names].sort(),
      authority: found.authority,
      notAfter: found.notAfter.toISOString(),
    }
  )
}
