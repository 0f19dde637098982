import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { BookstoreError, exit } from '../../engine/errors.ts'
import { type DatabaseAccess, quoted } from '../source/access.ts'

/** The database that is being filled; the old one keeps serving meanwhile. */
export const stagingOf = (database: string) => `${database}_restoring`
/** The old one between the exchange and its removal. */
const formerOf = (database: string) => `${database}_before_restore`

/**
 * Takes the names beside the real databases, for as long as this connection lives. The server goes on with the statement
 * of a client that was killed: until it notices, what that client created may still appear.
 * @throws BookstoreError 'restore-running' when somebody else has them for half a minute.
 */
export async function ownStaging(admin: Client, databases: readonly string[]): Promise<void> {
  try {
    await admin.query(`set lock_timeout = '30s'`)
    await admin.query(`select pg_advisory_lock(hashtextextended('bookstore restore ' || $1, 0))`, [databases.join()])
    await admin.query('reset lock_timeout')
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error
    throw new BookstoreError('Another restore of this shop is running.', {
      code: 'restore-running',
      fault: 'user',
      hint: 'Wait until it has ended, then run this again.',
      status: exit.busy,
      cause: error,
    })
  }
}

/** An empty database beside the real one, with the same owner, closed to all others. Replaces what a killed restore left. */
export async function createStaging(
  admin: Client,
  { database, user }: DatabaseAccess,
): Promise<DatabaseAccess['database']> {
  const staging = stagingOf(database)
  await drop(admin, staging)
  await admin.query(`create database ${quoted(staging)} owner ${quoted(user)} template template0`)
  await admin.query(`revoke all on database ${quoted(staging)} from public`)
  return staging
}

/**
 * Puts the filled databases in the place of the old ones: all of them or none, in one transaction, since the names of
 * databases are rows of one shared catalogue. Nobody may be connected to either; whoever is, is cut off.
 * https://www.postgresql.org/docs/current/sql-alterdatabase.html
 */
export async function exchange(admin: Client, databases: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchangeOnce(admin, databases)
    } catch (error) {
      await admin.query('rollback')
      // Somebody connected between the cut and the renaming.
      if ((error as { code?: string }).code !== '55006' || attempt === 10) throw error
      await sleep(100 * attempt)
    }
  }
}

async function exchangeOnce(admin: Client, databases: readonly string[]): Promise<void> {
  const names = databases.flatMap((database) => [database, stagingOf(database)])
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1) and pid <> pg_backend_pid()',
    [names],
  )
  await admin.query('begin')
  for (const database of databases) {
    await admin.query(`alter database ${quoted(database)} rename to ${quoted(formerOf(database))}`)
    await admin.query(`alter database ${quoted(stagingOf(database))} rename to ${quoted(database)}`)
  }
  await admin.query('commit')
}

/** Removes what a finished, failed or killed restore left beside the real databases. */
export async function dropLeftovers(admin: Client, databases: readonly string[]): Promise<void> {
  for (const database of databases) {
    await drop(admin, stagingOf(database))
    await drop(admin, formerOf(database))
  }
}

async function drop(admin: Client, database: string): Promise<void> {
  await admin.query(`drop database if exists ${quoted(database)} with (force)`)
}
