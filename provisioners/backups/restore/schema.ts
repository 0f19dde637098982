import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'pg'
import { BookstoreError } from '../../engine/errors.ts'

/**
 * Applies migrations of this release, in the order of their names: those named by `only`, or all that are missing.
 * The migrator is the one that the services use, so that it leaves the same traces.
 */
export async function migrate(client: Client, folder: string, only?: readonly string[]): Promise<void> {
  if (!only) return run(client, folder)
  const chosen = await mkdtemp(join(tmpdir(), 'bookstore-migrations-'))
  try {
    await Promise.all(only.map((name) => copyFile(join(folder, `${name}.sql`), join(chosen, `${name}.sql`))))
    await run(client, chosen)
  } finally {
    await rm(chosen, { recursive: true, force: true })
  }
}

async function run(dbClient: Client, dir: string): Promise<void> {
  const { runner } = await import('node-pg-migrate')
  await runner({
    dbClient,
    dir,
    direction: 'up',
    migrationsTable: 'pgmigrations',
    checkOrder: false,
    log: () => {},
    verbose: false,
  })
}

/** @throws BookstoreError 'backup-too-new' when the backup has migrations that this release does not know. */
export async function requireKnown(service: string, level: readonly string[], folder: string): Promise<void> {
  const files = await readdir(folder).catch((): string[] => [])
  const unknown = level.filter((name) => !files.includes(`${name}.sql`))
  if (unknown.length === 0) return
  throw new BookstoreError(
    `The backup is newer than this bookstore: ${service} has ${unknown.join(', ')}, which is not known here.`,
    {
      code: 'backup-too-new',
      fault: 'user',
      hint: 'Restore it with a bookstore that is at least as new as the one that wrote it.',
      details: { service, unknown },
    },
  )
}
