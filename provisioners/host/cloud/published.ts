import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Host } from '../host.ts'

/** The last backup that reached its bucket. */
export interface PublishedBackup {
  bucket: string
  key: string
  /** Of the file, lower case hex. */
  sha256: string
  bytes: number
  /** When it was made; ISO 8601. */
  at: string
}

const fileOf = ({ memory }: Pick<Host, 'memory'>) => join(memory, 'published-backup.json')

export async function lastPublished(host: Pick<Host, 'memory'>): Promise<PublishedBackup | undefined> {
  const text = await readFile(fileOf(host), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as PublishedBackup)
}

export async function rememberPublished(host: Pick<Host, 'memory'>, published: PublishedBackup): Promise<void> {
  await mkdir(dirname(fileOf(host)), { recursive: true, mode: 0o700 })
  await writeFileAtomic(fileOf(host), `${JSON.stringify(published, undefined, 1)}\n`, 0o600)
}
