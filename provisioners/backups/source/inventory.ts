import type { Client } from 'pg'
import type { SequenceManifest } from '../manifest.ts'

export interface Table {
  schema: string
  name: string
  /** In their order, without those that the database computes itself. */
  columns: string[]
}

/** What belongs to the system or to an extension comes back by itself. */
const ours = `n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

/** Every table that holds rows of its own: ordinary ones and partitions. Sorted by name. */
export async function tablesOf(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name,
            array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relkind = 'r' and ${ours}
      group by n.nspname, c.relname
      order by n.nspname collate "C", c.relname collate "C"`,
  )
  return rows
}

/** Sequences with the number that each gave last. They do not follow the snapshot: the number may be later, never earlier. */
export async function sequencesOf(client: Client): Promise<SequenceManifest[]> {
  const { rows } = await client.query<SequenceManifest>(
    `select n.nspname as schema, c.relname as name, pg_sequence_last_value(c.oid)::text as last
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'S' and ${ours}
      order by n.nspname collate "C", c.relname collate "C"`,
  )
  return rows
}

/** Names of the migrations that the database has, sorted; none where there never was one. */
export async function migrationsOf(client: Client): Promise<string[]> {
  const { rows: there } = await client.query("select from pg_class where oid = to_regclass('public.pgmigrations')")
  if (there.length === 0) return []
  const { rows } = await client.query<{ name: string }>(
    'select name from public.pgmigrations order by name collate "C"',
  )
  return rows.map(({ name }) => name)
}

export async function versionOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  return rows[0]?.server_version ?? 'unknown'
}
