import { createHash } from 'node:crypto'
import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { partBytes, partName } from '../archive/entry.ts'
import type { ArchiveWriter } from '../archive/writer.ts'
import type { ServiceManifest, TableManifest } from '../manifest.ts'
import { quoted } from './access.ts'
import { migrationsOf, sequencesOf, type Table, tablesOf, versionOf } from './inventory.ts'

/** From here on the connection sees the database as it is now. Nothing can be written on it. */
export async function takeSnapshot(client: Client): Promise<void> {
  await client.query('begin isolation level repeatable read, read only')
  // The snapshot is taken by the first statement, not by begin.
  await client.query('select 1')
}

/** Copies every table of one database into the archive. The connection is in its snapshot. */
export async function dumpService(client: Client, service: string, writer: ArchiveWriter): Promise<ServiceManifest> {
  const tables: TableManifest[] = []
  for (const table of await tablesOf(client)) tables.push(await dumpTable(client, service, table, writer))
  return {
    postgres: await versionOf(client),
    migrations: await migrationsOf(client),
    tables,
    sequences: await sequencesOf(client),
  }
}

async function dumpTable(client: Client, service: string, table: Table, writer: ArchiveWriter): Promise<TableManifest> {
  const { schema, name, columns } = table
  const list = columns.map((column) => quoted(column)).join(', ')
  const rows = client.query(copyTo(`copy ${quoted(schema, name)} (${list}) to stdout`))
  const hash = createHash('sha256')
  let bytes = 0
  let parts = 0
  for await (const part of inParts(rows)) {
    hash.update(part)
    bytes += part.length
    parts += 1
    await writer.add(partName(service, table, parts), part)
  }
  return { schema, name, columns, rows: rows.rowCount, bytes, sha256: hash.digest('hex'), parts }
}

/** Cuts a stream into parts of the full size and a rest. */
async function* inParts(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    pending.push(chunk)
    size += chunk.length
    while (size >= partBytes) {
      const all = Buffer.concat(pending)
      yield all.subarray(0, partBytes)
      pending = [all.subarray(partBytes)]
      size -= partBytes
    }
  }
  if (size > 0) yield Buffer.concat(pending)
}
