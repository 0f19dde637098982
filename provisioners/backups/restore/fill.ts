import type { Client } from 'pg'
import { kindOf } from '../archive/entry.ts'
import { readArchive } from '../archive/reader.ts'
import { damaged, type Manifest, type TableManifest } from '../manifest.ts'
import { tableKey } from '../verify.ts'
import { storeCover } from './covers.ts'
import { Loader } from './load.ts'
import type { TableFill } from './table-fill.ts'

/**
 * Reads a verified archive once more, and fills databases and covers as their entries come. Each database has its
 * schema at the backup's level; what is filled shows when all of it is, and the seal was right again.
 */
export async function fillFrom(
  path: string,
  manifest: Manifest,
  clients: ReadonlyMap<string, Client>,
  covers: string,
  signal: AbortSignal,
): Promise<void> {
  const loaders = await beginAll(manifest, clients)
  const filling = new Filling(loaders, manifest)
  try {
    await readArchive(
      path,
      async ({ name, chunks }) => {
        const kind = kindOf(name)
        if (kind.kind === 'cover') await storeCover(covers, kind.name, chunks)
        if (kind.kind === 'part')
          await filling.take(kind.service, tableKey(kind.service, kind.schema, kind.table), chunks)
      },
      signal,
    )
    await filling.end()
  } catch (error) {
    await filling.abandon(error as Error)
    throw error
  }
  for (const loader of loaders.values()) await loader.commit()
}

async function beginAll({ services }: Manifest, clients: ReadonlyMap<string, Client>): Promise<Map<string, Loader>> {
  const loaders = new Map<string, Loader>()
  for (const [service, client] of clients) {
    const content = services[service]
    if (!content) throw changed()
    const loader = new Loader(client, service, content)
    await loader.begin()
    loaders.set(service, loader)
  }
  return loaders
}

/** The entries of one table follow each other and feed one COPY. */
class Filling {
  readonly #loaders: ReadonlyMap<string, Loader>
  readonly #tables: ReadonlyMap<string, TableManifest>
  #key = ''
  #fill: TableFill | undefined

  constructor(loaders: ReadonlyMap<string, Loader>, { services }: Manifest) {
    this.#loaders = loaders
    this.#tables = new Map(
      Object.entries(services).flatMap(([service, { tables }]) =>
        tables.map((table) => [tableKey(service, table.schema, table.name), table] as const),
      ),
    )
  }

  async take(service: string, key: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const fill = this.#key === key && this.#fill ? this.#fill : await this.#next(service, key)
    for await (const chunk of chunks) await fill.write(chunk)
  }

  async end(): Promise<void> {
    const fill = this.#fill
    this.#fill = undefined
    await fill?.end()
  }

  async abandon(error: Error): Promise<void> {
    await this.#fill?.abandon(error)
  }

  async #next(service: string, key: string): Promise<TableFill> {
    await this.end()
    const loader = this.#loaders.get(service)
    const table = this.#tables.get(key)
    if (!loader || !table) throw changed()
    this.#key = key
    this.#fill = loader.open(table)
    return this.#fill
  }
}

const changed = () => damaged('it has changed since it was verified')
