import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Clock } from '../engine/resource.ts'
import type { CertificateAuthority } from './authority.ts'
import { newKey } from './key-pair.ts'
import type { PermittedNames } from './name-constraints.ts'
import { authorityFiles, readCertificate, type StoredCertificate, storeCertificate, storeKey } from './store.ts'

const day = 86_400_000
const rootDays = 3650
/** Days, after the hour that lies before. Only `up` and `cert renew` renew, so it should not be short. */
const leafDays = 89

/** Whoever trusts this authority trusts it for this computer alone, should its key ever leak. */
export const permittedNames: PermittedNames = {
  dns: ['localhost', 'test'],
  ip: [
    { address: [127, 0, 0, 0], mask: [255, 0, 0, 0] },
    { address: [...Array<number>(15).fill(0), 1], mask: Array<number>(16).fill(255) },
  ],
}

/** Names on the certificate of a local site: its own, and those of this computer. */
export function localNames(site: { domain: string; aliases: readonly string[] }): string[] {
  return [...new Set([site.domain, ...site.aliases, 'localhost', '127.0.0.1', '::1'])]
}

/** Makes the authority of one stack. Its name tells a person who looks into a trust store where it came from. */
export async function createLocalAuthority(folder: string, stack: string, clock: Clock): Promise<void> {
  const { makeRoot } = await import('./x509.ts')
  const files = authorityFiles(folder)
  const key = newKey()
  const validity = validityFrom(clock.now(), rootDays)
  const root = await makeRoot(authorityName(stack, clock.now()), key, validity, permittedNames)
  await storeKey(files, key)
  await storeCertificate(files, root)
}

function authorityName(stack: string, now: Date): string {
  const place = hostname().replace(/[^\w.-]/g, '')
  return `bookstore ${stack} on ${place} ${now.toISOString().slice(0, 10)}`
}

/** Begins an hour ago: clocks of virtual machines and browsers differ. */
function validityFrom(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - day / 24), notAfter: new Date(now.getTime() + days * day) }
}

/** The authority whose files are in `folder`; it must have been created. */
export function localAuthority(folder: string, clock: Clock): CertificateAuthority {
  return {
    name: 'local authority',
    async issue({ names, key, signal }) {
      const { makeLeaf } = await import('./x509.ts')
      const files = authorityFiles(folder)
      const [certificate, rootKey] = await Promise.all([
        readFile(files.certificate, 'utf8'),
        readFile(files.key, 'utf8'),
      ])
      signal.throwIfAborted()
      return makeLeaf(names, key, validityFrom(clock.now(), leafDays), { certificate, key: rootKey })
    },
  }
}

export function readAuthority(folder: string): Promise<StoredCertificate | undefined> {
  return readCertificate(authorityFiles(folder))
}
