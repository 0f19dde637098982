import { createPrivateKey } from 'node:crypto'
import { mkdir, open, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { siblingOf, writeSynced } from '../../engine/files.ts'
import { Secret } from '../../engine/secret.ts'
import { describeSystemError } from '../../engine/system-error.ts'
import { parseCertificate, type StoredCertificate } from '../store.ts'
import type { KeptCertificate } from './store.ts'

/** The current one, and two for a person who wants to look back. */
const keptVersions = 3

/** `undefined` when there is none, or when key and certificate do not fit. */
export async function readCurrent(folder: string): Promise<KeptCertificate | undefined> {
  const target = await readlink(join(folder, 'current')).catch(absent)
  return target === undefined ? undefined : readVersion(join(folder, target))
}

async function readVersion(folder: string): Promise<KeptCertificate | undefined> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(absent)
  const [chain, key, about] = await Promise.all([read('fullchain.pem'), read('key.pem'), read('about.json')])
  if (chain === undefined || key === undefined || about === undefined) return undefined
  const parsed = parseCertificate(chain)
  if (!parsed.x509.checkPrivateKey(createPrivateKey(key))) return undefined
  return { ...parsed, id: basename(folder), key: new Secret(key), authority: JSON.parse(about).authority }
}

/** Writes a version beside the others and makes it the current one. @throws BookstoreError 'disk-full' and the like. */
export async function keepVersion(
  folder: string,
  { chain, key, authority }: { chain: string; key: Secret; authority: string },
): Promise<KeptCertificate> {
  const parsed = parseCertificate(chain)
  const id = certificateId(parsed)
  const versions = join(folder, 'versions')
  try {
    await mkdir(versions, { recursive: true, mode: 0o700 })
    const files = {
      'fullchain.pem': chain,
      'key.pem': key.reveal(),
      'about.json': `${JSON.stringify({ authority })}\n`,
    }
    await writeFolder(join(versions, id), files)
    await point(join(folder, 'current'), join('versions', id))
    await prune(versions, id)
  } catch (error) {
    throw describeSystemError(error, `keeping the certificate in ${folder}`)
  }
  return { ...parsed, id, key, authority }
}

/** Sorts by time, and names this very certificate. */
export function certificateId({ notBefore, fingerprint }: StoredCertificate): string {
  return `${notBefore.toISOString().replace(/[-:]|\.\d+/g, '')}-${fingerprint.slice(0, 12)}`
}

/** A folder that is there as a whole or not at all. One that is there has the same content: its name says so. */
async function writeFolder(path: string, files: Record<string, string>): Promise<void> {
  const sibling = siblingOf(path)
  try {
    await mkdir(sibling, { mode: 0o700 })
    for (const [name, content] of Object.entries(files)) await writeSynced(join(sibling, name), content, 0o600)
    await syncFolder(sibling)
    await rename(sibling, path)
    await syncFolder(join(path, '..'))
  } catch (error) {
    await rm(sibling, { recursive: true, force: true }).catch(() => {})
    if (!['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) throw error
  }
}

async function point(link: string, target: string): Promise<void> {
  const sibling = siblingOf(link)
  await symlink(target, sibling)
  await rename(sibling, link).catch(async (error) => {
    await rm(sibling, { force: true })
    throw error
  })
  await syncFolder(join(link, '..'))
}

/** Also what a killed run left half-written: only one run at a time is here. */
async function prune(versions: string, current: string): Promise<void> {
  const names = await readdir(versions)
  const whole = names.filter((name) => !name.startsWith('.')).sort()
  const kept = new Set([current, ...whole.slice(-keptVersions)])
  const old = names.filter((name) => !kept.has(name))
  await Promise.all(old.map((name) => rm(join(versions, name), { recursive: true, force: true })))
}

/** A new name is safe on the disk when its folder is (fsync(2)). */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
