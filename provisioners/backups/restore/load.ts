import type { Client } from 'pg'
import type { ServiceManifest, TableManifest } from '../manifest.ts'
import { quoted } from '../source/access.ts'
import { type Table, tablesOf } from '../source/inventory.ts'
import { mismatch } from './mismatch.ts'
import { nameOf, TableFill } from './table-fill.ts'

interface Constraint {
  table: string
  name: string
  definition: string
}

/**
 * Fills the tables of one database, whose schema is at the backup's level, in one transaction. Foreign keys are taken
 * off for that time and checked as a whole when they come back, so that tables may come in any order and refer to each
 * other in circles; triggers sleep. Its owner may do all of that.
 */
export class Loader {
  readonly #client: Client
  readonly #service: string
  readonly #manifest: ServiceManifest
  #constraints: Constraint[] = []

  constructor(client: Client, service: string, manifest: ServiceManifest) {
    this.#client = client
    this.#service = service
    this.#manifest = manifest
  }

  async begin(): Promise<void> {
    const client = this.#client
    requireSameTables(this.#service, this.#manifest.tables, await tablesOf(client))
    await client.query('begin')
    this.#constraints = await foreignKeys(client)
    for (const { table, name } of this.#constraints)
      await client.query(`alter table ${table} drop constraint ${quoted(name)}`)
    const tables = this.#manifest.tables.map(nameOf)
    for (const table of tables) await client.query(`alter table ${table} disable trigger user`)
    // Migrations may have put rows of their own.
    if (tables.length > 0) await client.query(`truncate ${tables.join(', ')}`)
  }

  /** Begins the COPY of one table; it must be ended before the next begins. */
  open(table: TableManifest): TableFill {
    return new TableFill(this.#client, table)
  }

  async commit(): Promise<void> {
    const client = this.#client
    for (const table of this.#manifest.tables) await client.query(`alter table ${nameOf(table)} enable trigger user`)
    for (const { table, name, definition } of this.#constraints) {
      await client.query(`alter table ${table} add constraint ${quoted(name)} ${definition}`)
    }
    for (const { schema, name, last } of this.#manifest.sequences) {
      await client.query('select setval($1::regclass, coalesce($2::bigint, 1), $2 is not null)', [
        quoted(schema, name),
        last,
      ])
    }
    await client.query('commit')
  }
}

async function foreignKeys(client: Client): Promise<Constraint[]> {
  const { rows } = await client.query<Constraint>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
       from pg_constraint where contype = 'f' and conparentid = 0 order by 1, 2`,
  )
  return rows
}

/** The migrations of this release must make just the tables that the backup has. */
function requireSameTables(service: string, wanted: readonly TableManifest[], found: readonly Table[]): void {
  const shape = ({ schema, name, columns }: Table) => `${schema}.${name}(${[...columns].sort().join()})`
  const there = new Set(found.map(shape))
  const missing = wanted.filter((table) => !there.delete(shape(table)))
  const [more] = there
  if (missing[0]) throw mismatch(service, `the table ${missing[0].name} would have other columns here, or none`)
  if (more !== undefined) throw mismatch(service, `it lacks ${more}, which its own migrations make`)
}
