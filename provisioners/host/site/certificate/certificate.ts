import { betterOf, handedFingerprint } from '../../../certificates/kept/handover.ts'
import { parseCertificate } from '../../../certificates/store.ts'
import { changeOf, define, differs, freely } from '../../../engine/define.ts'
import type { Context } from '../../../engine/resource.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { lookAtShelf } from '../postgres/shelf.ts'
import { handoverOf, machineStore, obtain } from './obtain.ts'
import { type CertificateSpec, certificateSchema } from './schema.ts'

interface State {
  names: readonly string[]
  authority: string
  /** ISO 8601 */
  notAfter: string
  fingerprint: string
}

interface Wish extends Omit<State, 'notAfter' | 'fingerprint'> {
  now: string
  /** Until when the one lasts that was handed over, where it is newer than that of the machine. */
  newer: string | undefined
  /** Of the certificate that other web machines find; undefined as well while it cannot be seen. */
  shared: string | undefined
}

/**
 * A certificate of an ACME authority, by DNS-01. Renewal is a matter of its timer; this item sees to it that there is one
 * for these names, of this authority, that has not expired.
 *
 * Wants first: `nginx-site`, and the secrets of the DNS provider.
 */
export const certificate = itemKind<CertificateSpec>({ kind: 'certificate', schema: certificateSchema, resource })

function resource(base: ItemBase, spec: CertificateSpec, host: Host) {
  return define<Wish, State>({
    ...base,
    desired: async (ctx) => ({
      names: [...spec.names].sort(),
      authority: spec.authority.directory,
      now: ctx.clock.now().toISOString(),
      ...(await others(spec, host, ctx)),
    }),
    read: readState,
    diff: (desired, actual) =>
      changeOf(
        differs('names', actual.names, desired.names),
        differs('authority', actual.authority, desired.authority),
        actual.notAfter <= desired.now && { field: 'expired', from: actual.notAfter, to: 'a new one' },
        desired.newer !== undefined && { field: 'certificate', from: actual.notAfter, to: desired.newer },
        spec.shared !== undefined &&
          desired.newer === undefined &&
          desired.shared !== actual.fingerprint && { field: 'shared', from: 'another one, or none', to: 'this one' },
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
      fingerprint: found.fingerprint,
    }
  )
}

/** What was handed over with the request, or by another web machine. */
async function others(
  { names, authority, shared }: CertificateSpec,
  host: Host,
  ctx: Context,
): Promise<Pick<Wish, 'newer' | 'shared'>> {
  const [handover, shelved, current] = await Promise.all([
    handoverOf(host),
    shared && lookAtShelf(host, shared, ctx),
    machineStore().current(),
  ])
  const wanted = { names, authority: authority.directory, now: ctx.clock.now() }
  const better = betterOf(handover, current, wanted) ?? betterOf(shelved, current, wanted)
  return {
    newer: better && parseCertificate(better.chain).notAfter.toISOString(),
    shared: handedFingerprint(shelved),
  }
}
