import { createHash, createHmac } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeFileAtomic } from '../engine/files.ts'
import type { ShownKey } from './errors.ts'
import type { SshTarget } from './target.ts'

/** A key that a known_hosts file vouches for. */
export interface KnownKey {
  type: string
  key: string
  file: string
}

/** 'SHA256:...' of a public key, as ssh-keygen prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** What a server shows, from the bytes of RFC 4253, 6.6: a string with the name of the algorithm, then the key. */
export function shownKey(raw: Buffer): ShownKey {
  const length = raw.readUInt32BE(0)
  return {
    type: raw.subarray(4, 4 + length).toString('latin1'),
    key: raw.toString('base64'),
    fingerprint: fingerprintOf(raw),
  }
}

/** All keys that these files know of a host. A file that is not there knows nothing. */
export async function knownKeys(files: readonly string[], target: SshTarget): Promise<readonly KnownKey[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
  return texts.flatMap((text, at) => keysIn(text, target).map((found) => ({ ...found, file: files[at] ?? '' })))
}

/** Keeps a key that the operator has confirmed, in a file of our own that ssh(1) reads as well. */
export async function pinKey(file: string, target: SshTarget, { type, key }: ShownKey): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '')
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`
  await writeFileAtomic(file, `${start}${hostName(target)} ${type} ${key}\n`, 0o600)
}

/** Makes these the only keys of a host in a file of our own. @param keys Lines of public keys: 'ssh-ed25519 AAAA...'. */
export async function replaceKeys(file: string, target: SshTarget, keys: readonly string[]): Promise<void> {
  const name = hostName(target)
  const before = await readFile(file, 'utf8').catch(() => '')
  const others = before.split('\n').filter((line) => line.trim() !== '' && line.split(/\s/)[0] !== name)
  const ours = keys.map((key) => `${name} ${key.trim().split(/\s+/).slice(0, 2).join(' ')}`)
  const after = `${[...others, ...ours].join('\n')}\n`
  if (after === before) return
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFileAtomic(file, after, 0o600)
}

/** How sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, names a host whose port is not 22. */
function hostName({ host, port }: SshTarget): string {
  const plain = host.toLowerCase()
  return port === 22 ? plain : `[${plain}]:${port}`
}

function keysIn(text: string, target: SshTarget): { type: string; key: string }[] {
  const name = hostName(target)
  return text.split('\n').flatMap((line) => {
    const [hosts = '', type, key] = line.trim().split(/\s+/)
    // Marked lines (@revoked, @cert-authority) have other columns, and are not for us.
    if (hosts === '' || hosts.startsWith('#') || hosts.startsWith('@') || !type || !key) return []
    return matches(hosts, name) ? [{ type, key }] : []
  })
}

function matches(hosts: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(hosts)
  if (!hashed) return hosts.toLowerCase().split(',').includes(name)
  const [, salt = '', wanted] = hashed
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === wanted
}
