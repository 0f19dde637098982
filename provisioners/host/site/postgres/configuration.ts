import { stagingOf } from '../../../backups/restore/staging.ts'
import { databases } from '../../../shop/secrets.ts'
import { databaseSocketFolder } from '../../layout.ts'

export interface PostgresNeeds {
  /** Of the machine, or of its share of another one. */
  memoryMb: number
  /** That the shop's processes open at most, those of both slots. */
  connections: number
}

/** For backups, the agent, a shell, and what PostgreSQL keeps for its superuser. */
const otherConnections = 13

/**
 * What Debian's own settings are completed with. A machine of 1 GB is the measure: PostgreSQL shares it with the shop.
 * https://www.postgresql.org/docs/current/runtime-config-resource.html
 */
export function settingsText({ memoryMb, connections }: PostgresNeeds): string {
  const megabytes = (share: number, least: number, most: number) =>
    `${Math.min(Math.max(Math.floor(memoryMb / share / 16) * 16, least), most)}MB`
  const settings = {
    listen_addresses: "''",
    unix_socket_directories: `'${databaseSocketFolder}'`,
    port: 5432,
    ssl: 'off',
    max_connections: connections + otherConnections,
    shared_buffers: megabytes(8, 96, 4096),
    effective_cache_size: megabytes(2, 256, 65_536),
    work_mem: memoryMb > 2048 ? '8MB' : '4MB',
    maintenance_work_mem: megabytes(16, 48, 512),
    // Compiling a query costs more than any of ours takes.
    jit: 'off',
    wal_compression: 'on',
    max_wal_size: '512MB',
    autovacuum_max_workers: 2,
    max_parallel_workers_per_gather: memoryMb > 2048 ? 2 : 0,
    password_encryption: "'scram-sha-256'",
    idle_in_transaction_session_timeout: "'60s'",
    timezone: "'UTC'",
    log_timezone: "'UTC'",
  }
  return lines(Object.entries(settings).map(([name, value]) => `${name} = ${value}`))
}

/**
 * Who may come in: the agent as the superuser, without a password, and each service to its own database with one, also
 * to the one that a restore fills beside it.
 */
export function accessText(): string {
  return lines([
    'local all postgres peer map=bookstore',
    ...databases.map((name) => `local ${name},${stagingOf(name)} ${name} scram-sha-256`),
  ])
}

/** The agent is root; PostgreSQL's own programs are postgres. */
export const identityText = lines(['bookstore root postgres', 'bookstore postgres postgres'])

/** Debian's unit does not bring a server back that was killed. */
export const unitText = lines(['[Service]', 'Slice=bookstore.slice', 'Restart=on-failure', 'RestartSec=2'])

function lines(texts: readonly string[]): string {
  return ['# Written by bookstore; the next run writes it again.', ...texts, ''].join('\n')
}
