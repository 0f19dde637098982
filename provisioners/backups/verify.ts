import { createHash, type Hash } from 'node:crypto'
import { coverName, kindOf, manifestName, partName } from './archive/entry.ts'
import { readArchive } from './archive/reader.ts'
import { damaged, type Manifest, parseManifest } from './manifest.ts'

/** The manifest is kept in memory whole: 64 MB name a million covers. */
const longestManifest = 64 * 1024 * 1024

interface Found {
  bytes: number
  hash: Hash
  parts: number
}

/**
 * Reads a backup from its first byte to its last and compares it with its manifest. Changes nothing.
 * @throws BookstoreError 'backup-damaged', 'backup-too-new' or 'backup-missing'.
 */
export async function verifyBackup(path: string, signal: AbortSignal): Promise<Manifest> {
  const found = new Map<string, Found>()
  let text: string | undefined
  await readArchive(
    path,
    async ({ name, size, chunks }) => {
      if (text !== undefined && kindOf(name).kind !== 'seal') throw damaged('something comes after its manifest')
      if (name === manifestName) text = await readText(chunks, size)
      else await count(found, name, chunks)
    },
    signal,
  )
  if (text === undefined) throw damaged('it has no manifest')
  const manifest = parseManifest(text)
  compare(manifest, found)
  return manifest
}

async function count(found: Map<string, Found>, name: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const kind = kindOf(name)
  if (kind.kind === 'seal') return
  if (kind.kind === 'unknown') throw damaged(`it holds '${name}', which is nothing of ours`)
  const key = kind.kind === 'part' ? tableKey(kind.service, kind.schema, kind.table) : name
  const known = found.get(key) ?? { bytes: 0, hash: createHash('sha256'), parts: 0 }
  found.set(key, known)
  known.parts += 1
  if (kind.kind === 'part' && kind.part !== known.parts) throw damaged(`'${name}' is out of its order`)
  for await (const chunk of chunks) {
    known.bytes += chunk.length
    known.hash.update(chunk)
  }
}

function compare({ services, covers }: Manifest, found: Map<string, Found>): void {
  for (const [service, { tables }] of Object.entries(services)) {
    for (const table of tables) {
      const { bytes, parts, hash } = take(found, tableKey(service, table.schema, table.name))
      const same = bytes === table.bytes && parts === table.parts && hash.digest('hex') === table.sha256
      if (!same) throw damaged(`'${partName(service, table, 1)}' is not as its manifest says`)
    }
  }
  for (const { name, size, sha256 } of covers) {
    const { bytes, hash } = take(found, coverName(name))
    if (bytes !== size || hash.digest('hex') !== sha256) throw damaged(`the cover ${name} is not as its manifest says`)
  }
  const [more] = found.keys()
  if (more !== undefined) throw damaged(`its manifest does not know '${more}'`)
}

/** An empty table has no entry at all. */
function take(found: Map<string, Found>, key: string): Found {
  const known = found.get(key) ?? { bytes: 0, hash: createHash('sha256'), parts: 0 }
  found.delete(key)
  return known
}

async function readText(chunks: AsyncIterable<Buffer>, size: number): Promise<string> {
  if (size > longestManifest) throw damaged('its manifest is too long')
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString('utf8')
}

export function tableKey(service: string, schema: string, table: string): string {
  return `${service}/${schema}.${table}`
}
