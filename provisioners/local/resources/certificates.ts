import { readFile } from 'node:fs/promises'
import { newKey } from '../../certificates/key-pair.ts'
import { createLocalAuthority, localAuthority, localNames, readAuthority } from '../../certificates/local-ca.ts'
import { reasonToRenew, renewalTime } from '../../certificates/renewal.ts'
import {
  readCertificate,
  type StoredCertificate,
  siteFiles,
  storeCertificate,
  storeKey,
} from '../../certificates/store.ts'
import { changeOf, define, differs, nothing } from '../../engine/define.ts'
import type { Context, Resource } from '../../engine/resource.ts'
import type { LocalSite } from '../local-site.ts'
import { at } from './addresses.ts'

/** The authority of this stack. It is made anew when it ends, or ends before the next site certificate would. */
export function authority({ site, layout }: LocalSite): Resource {
  return define<Date, StoredCertificate>({
    address: at.authority,
    label: 'local authority',
    dependsOn: [at.folders],
    desired: (ctx) => ctx.clock.now(),
    read: () => readAuthority(layout.tls),
    diff: (now, found) =>
      now < renewalTime(found) ? nothing : changeOf(differs('valid until', found.notAfter, 'ten years from now')),
    async ensure(_now, _found, ctx) {
      await createLocalAuthority(layout.tls, site.name, ctx.clock)
      return required(await readAuthority(layout.tls))
    },
    detail: (found) => `until ${found.notAfter.getUTCFullYear()}`,
  })
}

interface Wanted {
  names: readonly string[]
  authority: StoredCertificate | undefined
  now: Date
}

/** The certificate that NGINX shows. */
export function certificate({ site, layout }: LocalSite): Resource {
  return define<Wanted, StoredCertificate>({
    address: at.certificate,
    label: 'certificate',
    dependsOn: [at.authority],
    desired: async (ctx) => ({
      names: localNames(site),
      authority: await readAuthority(layout.tls),
      now: ctx.clock.now(),
    }),
    read: () => readCertificate(siteFiles(layout.tls)),
    diff: ({ names, authority, now }, found) => {
      const reason = authority ? reasonToRenew(found, { names, authority }, now) : 'its authority is missing'
      return reason === undefined ? nothing : changeOf({ field: 'certificate', from: reason, to: 'a new one' })
    },
    ensure: (_wanted, _found, ctx) => issueSiteCertificate({ site, layout }, ctx),
    detail: (found) => `${found.names[0]}, until ${found.notAfter.toISOString().slice(0, 10)}`,
  })
}

/**
 * Makes a new certificate for the key that is there, so that key and certificate fit at every instant; the first time
 * the key is made and stored first.
 */
export async function issueSiteCertificate(
  { site, layout }: Pick<LocalSite, 'site' | 'layout'>,
  ctx: Context,
): Promise<StoredCertificate> {
  const files = siteFiles(layout.tls)
  let key = (await readCertificate(files)) && (await readFile(files.key, 'utf8'))
  if (key === undefined) {
    key = newKey()
    await storeKey(files, key)
  }
  const order = { names: localNames(site), key, signal: ctx.signal }
  await storeCertificate(files, await localAuthority(layout.tls, ctx.clock).issue(order))
  return required(await readCertificate(files))
}

function required(found: StoredCertificate | undefined): StoredCertificate {
  if (found) return found
  throw new Error('a certificate that was just written cannot be read')
}
