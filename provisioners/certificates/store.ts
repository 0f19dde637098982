import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../engine/files.ts'

/** Where a certificate and its key are kept. */
export interface CertificateFiles {
  certificate: string
  key: string
}

export interface StoredCertificate {
  /** PEM, leaf first. */
  chain: string
  x509: X509Certificate
  notBefore: Date
  notAfter: Date
  /** DNS names and IP addresses, as they are in it. */
  names: readonly string[]
  fingerprint: string
}

export function authorityFiles(folder: string): CertificateFiles {
  return { certificate: join(folder, 'authority.pem'), key: join(folder, 'authority.key') }
}

export function siteFiles(folder: string): CertificateFiles {
  return { certificate: join(folder, 'site.pem'), key: join(folder, 'site.key') }
}

/** A certificate whose key is there and fits; `undefined` when either is missing, torn, or belongs to another. */
export async function readCertificate(files: CertificateFiles): Promise<StoredCertificate | undefined> {
  try {
    const [chain, key] = await Promise.all([readFile(files.certificate, 'utf8'), readFile(files.key, 'utf8')])
    const found = parseCertificate(chain)
    return found.x509.checkPrivateKey(createPrivateKey(key)) ? found : undefined
  } catch {
    return undefined
  }
}

export function parseCertificate(chain: string): StoredCertificate {
  const x509 = new X509Certificate(chain)
  return {
    chain,
    x509,
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    names: namesOf(x509.subjectAltName ?? ''),
    fingerprint: createHash('sha256').update(x509.raw).digest('hex'),
  }
}

/** Reads Node's form: 'DNS:a.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1'. */
export function namesOf(subjectAltName: string): string[] {
  return subjectAltName
    .split(', ')
    .map((entry) => entry.slice(entry.indexOf(':') + 1))
    .map((name) => (name === '0:0:0:0:0:0:0:1' ? '::1' : name))
    .filter(Boolean)
}

/** The key first: a certificate without its key would be worthless. */
export async function storeKey(files: CertificateFiles, key: string): Promise<void> {
  await writeFileAtomic(files.key, key, 0o600)
}

export async function storeCertificate(files: CertificateFiles, chain: string): Promise<void> {
  await writeFileAtomic(files.certificate, chain, 0o644)
}
