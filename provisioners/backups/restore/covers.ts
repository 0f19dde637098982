import { chown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'

/**
 * Puts a cover file where the catalog looks for it. Names come from the content, so what is there already is the same;
 * and since nothing refers to it before the databases are exchanged, this may be left half-way. Covers of books that
 * the backup does not know stay: they harm nobody, and are wanted again should the exchange not happen.
 */
export async function storeCover(folder: string, name: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  const content = Buffer.concat(all)
  const path = join(folder, name)
  const there = await stat(path).catch(() => undefined)
  if (there?.size === content.length) return
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFileAtomic(path, content, 0o600, (sibling) => ownedLike(folder, sibling))
}

/** Who restores may be root; who reads is the catalog. */
async function ownedLike(folder: string, file: string): Promise<void> {
  const [wanted, found] = await Promise.all([stat(folder), stat(file)])
  if (wanted.uid !== found.uid || wanted.gid !== found.gid) await chown(file, wanted.uid, wanted.gid)
}
