import { access, constants, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import type { DatabaseAccess } from '../source/access.ts'

export interface PsqlCall {
  argv: readonly string[]
  env: Readonly<Record<string, string>>
}

/** The psql of this computer: in the PATH, else the newest of Debian's. Undefined when there is none. */
export async function findPsql(folders?: readonly string[]): Promise<string | undefined> {
  for (const folder of folders ?? (await usualFolders())) {
    const program = join(folder, 'psql')
    const able = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (able) return program
  }
  return undefined
}

async function usualFolders(): Promise<string[]> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`)
  return [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...newest]
}

/**
 * How to call psql for one database, with the password in a file of its own (0600) that is removed when `use` ends: an
 * argument or a variable of a process can be read by others. Without `write` the session begins read-only; that guards
 * against slips, not against somebody who types `set transaction_read_only = off`.
 */
export async function withPsql<T>(
  psql: string,
  database: DatabaseAccess,
  { write, interactive }: { write: boolean; interactive: boolean },
  use: (call: PsqlCall) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-psql-'))
  try {
    const passFile = join(folder, 'pgpass')
    const password = database.password.reveal().replace(/[\\:]/g, '\\$&')
    await writeFile(passFile, `*:*:*:*:${password}\n`, { mode: 0o600 })
    return await use({ argv: [psql, ...words(interactive)], env: variables(database, passFile, write) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A script ends at its first mistake, and does not depend on somebody's settings. */
function words(interactive: boolean): string[] {
  return interactive ? [] : ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1']
}

/** Variables of the caller, except those that would lead psql elsewhere. */
function variables(
  { host, port, user, database }: DatabaseAccess,
  passFile: string,
  write: boolean,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^PG[A-Z]/.test(entry[0]),
  )
  return {
    ...Object.fromEntries(kept),
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGPASSFILE: passFile,
    PGAPPNAME: 'bookstore db shell',
    ...(write ? {} : { PGOPTIONS: '-c default_transaction_read_only=on' }),
  }
}
