import { createHash } from 'node:crypto'
import { connect, type PeerCertificate } from 'node:tls'
import { localNames } from '../certificates/local-ca.ts'
import { renewalTime } from '../certificates/renewal.ts'
import { authorityFiles, readCertificate, type StoredCertificate, siteFiles } from '../certificates/store.ts'
import type { Clock } from '../engine/resource.ts'
import type { Site } from '../site.ts'
import { layoutOf } from './layout.ts'

/** A certificate as a client met it. */
export interface Served {
  fingerprint: string
  /** Why a client that trusts the authority would refuse it; `undefined` when it would not. */
  refused: string | undefined
}

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
export async function certificateStatus(site: Site, clock: Clock): Promise<CertificateReport> {
  const { tls } = layoutOf(site)
  const [file, authority] = await Promise.all([readCertificate(siteFiles(tls)), readCertificate(authorityFiles(tls))])
  const served = authority && (await meet(site.local.httpsPort, site.domain, authority.chain))
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
  if (!served) return ['nobody answers: the site does not run']
  return [
    served.fingerprint !== file.fingerprint && 'NGINX shows another certificate than the one on the disk',
    served.refused !== undefined && `clients refuse it: ${served.refused}`,
  ].filter((problem) => problem !== false)
}

const day = (at: Date) => at.toISOString().slice(0, 10)

/** Shakes hands as a client that trusts only this authority. `undefined` when nobody answers. */
export function meet(port: number, servername: string, ca: string): Promise<Served | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate() as Partial<PeerCertificate>
      const refused = socket.authorized ? undefined : String(socket.authorizationError)
      const fingerprint = createHash('sha256')
        .update(raw ?? '')
        .digest('hex')
      resolve({ fingerprint, refused })
      socket.destroy()
    })
    socket.setTimeout(3_000, () => socket.destroy())
    socket.on('error', () => resolve(undefined))
    socket.on('close', () => resolve(undefined))
  })
}
