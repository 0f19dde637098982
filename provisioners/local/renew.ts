import { localNames, readAuthority } from '../certificates/local-ca.ts'
import { reasonToRenew, renewalTime } from '../certificates/renewal.ts'
import { readCertificate, type StoredCertificate, siteFiles } from '../certificates/store.ts'
import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import type { Site } from '../site.ts'
import { LocalSite } from './local-site.ts'
import { reload, writeFiles } from './nginx/apply.ts'
import { statusSocket } from './nginx/process.ts'
import { loadedRevision } from './nginx/revision.ts'
import { builtPrograms } from './programs.ts'
import { issueSiteCertificate } from './resources/certificates.ts'
import { wantedFiles } from './resources/nginx.ts'

export interface Renewal {
  renewed: boolean
  /** Why, or until when there is time. */
  because: string
  certificate: StoredCertificate
}

/** Makes a new certificate when it is due, or in any case with `force`, and has a running NGINX load it. */
export async function renewCertificate(site: Site, force: boolean, ctx: Context): Promise<Renewal> {
  const local = new LocalSite(site, builtPrograms())
  const { layout } = local
  const [authority, found] = await Promise.all([readAuthority(layout.tls), readCertificate(siteFiles(layout.tls))])
  if (!authority) throw noAuthority()
  const reason = found
    ? reasonToRenew(found, { names: localNames(site), authority }, ctx.clock.now())
    : 'there was none'
  if (found && reason === undefined && !force) {
    return {
      renewed: false,
      because: `not due before ${renewalTime(found).toISOString().slice(0, 10)}`,
      certificate: found,
    }
  }
  const certificate = await issueSiteCertificate(local, ctx)
  await load(local, ctx)
  return { renewed: true, because: reason ?? 'you asked for it', certificate }
}

async function load(local: LocalSite, ctx: Context): Promise<void> {
  const { layout } = local
  if ((await loadedRevision(statusSocket(layout))) === undefined) return
  const files = await wantedFiles(local)
  await writeFiles(layout, await local.nginx(), files, ctx.signal)
  await reload(layout, files.revision, ctx)
}

function noAuthority(): BookstoreError {
  return new BookstoreError('There is no local authority yet, and so nothing to renew.', {
    code: 'no-authority',
    fault: 'user',
    hint: 'Run `bookstore up`; it makes the authority and a certificate.',
  })
}
