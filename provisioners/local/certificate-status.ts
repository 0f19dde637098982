import { localNames } from '../certificates/local-ca.ts'
import { renewalTime } from '../certificates/renewal.ts'
import { meet, type Served } from '../certificates/served.ts'
import { authorityFiles, readCertificate, type StoredCertificate, siteFiles } from '../certificates/store.ts'
import type { Context } from '../engine/resource.ts'
import type { Site } from '../site.ts'
import { layoutOf } from './layout.ts'

export interface CertificateReport {
  /** Everything below holds, and nothing is due soon. */
  holds: boolean
  problems: readonly string[]
  names: readonly string[]
  notBefore: string | undefined
  notAfter: string | undefined
  renewAfter: string | undefined
  fingerprint: string | undefined
  served: Served | undefined
}

/** Compares what is on the disk, what clients are really shown, and the clock. */
export async function certificateStatus(site: Site, { clock, signal }: Context): Promise<CertificateReport> {
  const { tls } = layoutOf(site)
  const [file, authority] = await Promise.all([readCertificate(siteFiles(tls)), readCertificate(authorityFiles(tls))])
  const at = { address: '127.0.0.1', port: site.local.httpsPort }
  const served = authority && (await meet(at, site.domain, authority.chain, signal))
  const problems = [...problemsOfFile(site, file, authority, clock.now()), ...problemsOfServer(file, served)]
  return {
    holds: problems.length === 0,
    problems,
    names: file?.names ?? [],
    notBefore: file?.notBefore.toISOString(),
    notAfter: file?.notAfter.toISOString(),
    renewAfter: file && renewalTime(file).toISOString(),
    fingerprint: file?.fingerprint,
    served,
  }
}

function problemsOfFile(
  site: Site,
  file: StoredCertificate | undefined,
  authority: StoredCertificate | undefined,
  now: Date,
): string[] {
  if (!authority) return ['there is no local authority yet']
  if (!file) return ['there is no certificate, or its key does not fit']
  const missing = localNames(site).filter((name) => !file.names.includes(name))
  return [
    missing.length > 0 && `it is not for ${missing.join(', ')}`,
    !file.x509.verify(authority.x509.publicKey) && 'another authority signed it',
    now < file.notBefore && 'it is not valid yet: is the clock of this computer right?',
    now >= file.notAfter
      ? `it expired on ${day(file.notAfter)}`
      : now >= renewalTime(file) && `it expires soon, on ${day(file.notAfter)}`,
  ].filter((problem) => problem !== false)
}

function problemsOfServer(file: StoredCertificate | undefined, served: Served | undefined): string[] {
  if (!file) return []
  if (served?.fingerprint === undefined) return ['nobody answers: the site does not run']
  return [
    served.fingerprint !== file.fingerprint && 'NGINX shows another certificate than the one on the disk',
    served.refused !== undefined && `clients refuse it: ${served.refused}`,
  ].filter((problem) => problem !== false)
}

const day = (at: Date) => at.toISOString().slice(0, 10)
