import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { servedFiles } from '../../../certificates/kept/folder.ts'
import { newKey } from '../../../certificates/key-pair.ts'
import { makeSelfSigned } from '../../../certificates/self-signed.ts'
import { parseCertificate, readCertificate } from '../../../certificates/store.ts'
import type { Clock } from '../../../engine/resource.ts'
import { machine, nginxUser } from '../../layout.ts'
import { writeFileSpec } from '../../parts/file.ts'
import { certificateFile } from './settings.ts'

export interface CertificateInUse {
  /** Of the file that NGINX reads; empty when there is none. */
  digest: string
  /** Made here because no authority has issued one yet. */
  placeholder: boolean
}

/** The certificate of the store and its key, which change together. */
export function keptFiles() {
  return servedFiles(machine.certificates)
}

interface Names {
  domain: string
  aliases: readonly string[]
}

/** Organisation of a certificate that only keeps the place; nobody trusts it. */
const placeholderName = 'bookstore placeholder'
const year = 365 * 86_400_000

/**
 * What NGINX shows now, and the digest of what it should show: the certificate of the store, where there is one; else what
 * there is, as long as it is for these names.
 */
export async function certificateToUse(names: Names): Promise<{ inUse: CertificateInUse; digest: string }> {
  const [text, stored] = await Promise.all([readFile(certificateFile, 'utf8').catch(() => ''), storedText()])
  const inUse = { digest: digestOf(text), placeholder: text !== '' && isPlaceholder(text) }
  if (stored !== undefined) return { inUse, digest: digestOf(stored) }
  const fits = text !== '' && inUse.placeholder && serves(text, names)
  return { inUse, digest: fits ? inUse.digest : 'a new placeholder' }
}

/**
 * Puts the certificate of the store before NGINX, which reads it with its next handshake: no reload, no connection
 * lost. Where the store has none, one that is signed by nobody keeps the place. Changes nothing when all is as it should be.
 */
export async function installCertificate(names: Names, clock: Clock): Promise<CertificateInUse> {
  const { inUse, digest } = await certificateToUse(names)
  if (inUse.digest === digest) return inUse
  const text = (await storedText()) ?? (await placeholder(names, clock))
  await mkdir(dirname(certificateFile), { recursive: true })
  await writeFileSpec({ path: certificateFile, content: text, owner: 'root', group: nginxUser, mode: '0640' })
  return { digest: digestOf(text), placeholder: isPlaceholder(text) }
}

/** Chain and key of the store as one text. */
async function storedText(): Promise<string | undefined> {
  const files = keptFiles()
  const found = await readCertificate(files)
  return found && `${found.chain.trimEnd()}\n${await readFile(files.key, 'utf8')}`
}

async function placeholder({ domain, aliases }: Names, clock: Clock): Promise<string> {
  const now = clock.now().getTime()
  const key = newKey()
  const validity = { notBefore: new Date(now - 86_400_000), notAfter: new Date(now + year) }
  return `${await makeSelfSigned(placeholderName, [domain, ...aliases], key, validity)}\n${key}`
}

function isPlaceholder(text: string): boolean {
  const { subject, issuer } = parseCertificate(text).x509
  return subject === issuer && subject.includes(placeholderName)
}

function serves(text: string, { domain, aliases }: Names): boolean {
  const { names } = parseCertificate(text)
  return [domain, ...aliases].every((name) => names.includes(name))
}

function digestOf(text: string): string {
  return text === '' ? '' : createHash('sha256').update(text).digest('hex').slice(0, 16)
}
