import type { Client } from 'pg'
import type { Context } from '../engine/resource.ts'
import { manifestName } from './archive/entry.ts'
import { type ArchiveWriter, writeArchive } from './archive/writer.ts'
import { formatVersion, type Manifest } from './manifest.ts'
import { connect, type DatabaseAccess } from './source/access.ts'
import { dumpCovers } from './source/covers.ts'
import { dumpService, takeSnapshot } from './source/dump.ts'
import { verifyBackup } from './verify.ts'

/** What is to be backed up. */
export interface BackupSource {
  shop: Manifest['shop']
  /** Version of this bookstore. */
  bookstore: string
  /** By the name of the service. Its own role is enough; nothing is written. */
  databases: Readonly<Record<string, DatabaseAccess>>
  /** Folder of the uploaded covers. It need not be there. */
  covers: string
}

/**
 * Writes a backup of a running shop to `path` (`.tar`, or `.tar.gz`), in one snapshot of each database; the snapshots
 * are taken within milliseconds of each other. The file holds password hashes and addresses: mode 0600. It appears
 * under its name when it has been read back and found whole.
 */
export async function backup(source: BackupSource, path: string, ctx: Context): Promise<Manifest> {
  const clients = await openAll(source, ctx.signal)
  const stop = () => void Promise.all([...clients.values()].map((client) => client.end()))
  ctx.signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.all([...clients.values()].map(takeSnapshot))
    let manifest: Manifest | undefined
    const fill = async (writer: ArchiveWriter) => {
      manifest = await fillArchive(source, clients, writer, ctx)
    }
    const check = async (written: string) => void (await verifyBackup(written, ctx.signal))
    await writeArchive(path, fill, check, ctx.signal)
    if (!manifest) throw new Error('an archive without a manifest was written')
    return manifest
  } finally {
    ctx.signal.removeEventListener('abort', stop)
    await Promise.all([...clients.values()].map((client) => client.end().catch(() => {})))
  }
}

async function openAll({ databases }: BackupSource, signal: AbortSignal): Promise<Map<string, Client>> {
  const clients = new Map<string, Client>()
  try {
    for (const [name, access] of Object.entries(databases)) clients.set(name, await connect(access, signal))
    return clients
  } catch (error) {
    await Promise.all([...clients.values()].map((client) => client.end()))
    throw error
  }
}

async function fillArchive(
  source: BackupSource,
  clients: Map<string, Client>,
  writer: ArchiveWriter,
  ctx: Context,
): Promise<Manifest> {
  const services: Manifest['services'] = {}
  for (const [name, client] of clients) services[name] = await dumpService(client, name, writer)
  const covers = await dumpCovers(source.covers, writer)
  const { shop, bookstore } = source
  const manifest: Manifest = {
    format: formatVersion,
    created: ctx.clock.now().toISOString(),
    bookstore,
    shop,
    services,
    covers,
  }
  await writer.add(manifestName, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`))
  return manifest
}
