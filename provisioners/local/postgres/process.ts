import { platform } from 'node:os'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { baseEnvironment } from '../service-verb.ts'
import type { ProcessSpec } from '../supervisor/spec.ts'
import type { Installation } from './cluster.ts'

/** 8 processes of each of 4 services with pools of 8 fit under 300 connections, with room for a shell and a backup. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: '300',
  shared_buffers: '128MB',
  fsync: 'on',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_timezone: 'UTC',
  timezone: 'UTC',
  unix_socket_permissions: '0777',
  password_encryption: 'scram-sha-256',
  idle_in_transaction_session_timeout: '60s',
  // After a crash: one call for the file system instead of one for each of 1500 files (5 s on a busy disk). Linux only.
  ...(platform() === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
}

/** PostgreSQL on a unix socket in a folder that only we may enter; no TCP port at all. */
export function postgresSpec(layout: Layout, { server, identity, env }: Installation): ProcessSpec {
  const socketFolder = layout.databaseSocket
  const socket = join(socketFolder, '.s.PGSQL.5432')
  const options = { ...settings, unix_socket_directories: quoteList(socketFolder) }
  return {
    name: 'postgres',
    argv: [
      ...identity.prefix,
      join(server.bin, 'postgres'),
      '-D',
      layout.cluster,
      ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    cwd: layout.cluster,
    env: { ...baseEnvironment(layout), ...env, BOOKSTORE_STACK: layout.home },
    ready: { kind: 'postgres', socket },
    // "Fast" shutdown: ends sessions, writes a checkpoint (PostgreSQL manual, 18.5).
    stop: { signal: 'SIGINT', graceMs: 30_000 },
    tier: 0,
    leftovers: [socket, `${socket}.lock`],
    lock: { file: join(layout.cluster, 'postmaster.pid'), folder: layout.cluster },
    revision: server.version,
    log: join(layout.logs, 'postgres.log'),
    ...(identity.user ? { user: identity.user } : {}),
  }
}

/** The setting is a list of folders, split at commas outside of double quotes. */
function quoteList(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`
}
