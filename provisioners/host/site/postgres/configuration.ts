import { stagingOf } from '../../../backups/restore/staging.ts'
import { databases } from '../../../shop/secrets.ts'
import { databaseSocketFolder } from '../../layout.ts'
import { serverFiles } from './certificate-files.ts'
import { alone, type DatabaseNetwork, databasePort } from './network.ts'
import { operations } from './operations.ts'
import { restorer } from './restorer.ts'

/** `undefined`: the databases are for their own machine alone. */
type Network = DatabaseNetwork | undefined

export interface PostgresNeeds {
  /** Of the machine, or of its share of another one. */
  memoryMb: number
  /** That the shop's processes open at most, those of both slots. */
  connections: number
  network?: Network
}

/** For backups, the agent, a shell, and what PostgreSQL keeps for its superuser. */
const otherConnections = 13

/**
 * What Debian's own settings are completed with. A machine of 1 GB is the measure: PostgreSQL shares it with the shop.
 * https://www.postgresql.org/docs/current/runtime-config-resource.html
 */
export function settingsText({ memoryMb, connections, network }: PostgresNeeds): string {
  const megabytes = (share: number, least: number, most: number) =>
    `${Math.min(Math.max(Math.floor(memoryMb / share / 16) * 16, least), most)}MB`
  const settings = {
    listen_addresses: `'${network?.address ?? ''}'`,
    unix_socket_directories: `'${databaseSocketFolder}'`,
    port: databasePort,
    ...(network ? encryption : { ssl: 'off' }),
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

const encryption = {
  ssl: 'on',
  ssl_cert_file: `'${serverFiles.certificate}'`,
  ssl_key_file: `'${serverFiles.key}'`,
  ssl_min_protocol_version: "'TLSv1.3'",
}

/**
 * Who may come in: the agent as the superuser, without a password, and each service to its own database with one, also
 * to the one that a restore fills beside it. From other machines the same, encrypted, and who does the restoring.
 */
export function accessText(network?: Network): string {
  const shared = network?.operations ? [`${operations} ${operations}`] : []
  const own = [...databases.map((name) => `${name},${stagingOf(name)} ${name}`), ...shared]
  return lines([
    'local all postgres peer map=bookstore',
    ...own.map((who) => `local ${who} scram-sha-256`),
    ...(network?.from ?? []).flatMap((address) =>
      [...own, `postgres ${restorer}`].map((who) => `hostssl ${who} ${alone(address)} scram-sha-256`),
    ),
  ])
}

/** The agent is root; PostgreSQL's own programs are postgres. */
export const identityText = lines(['bookstore root postgres', 'bookstore postgres postgres'])

/** Debian's unit does not bring a server back that was killed. An address may come late at boot. */
export function unitText(network?: Network): string {
  const online = ['[Unit]', 'Wants=network-online.target', 'After=network-online.target', 'StartLimitIntervalSec=0']
  const service = ['[Service]', 'Slice=bookstore.slice', 'Restart=on-failure', 'RestartSec=2']
  return lines([...(network ? online : []), ...service])
}

function lines(texts: readonly string[]): string {
  return ['# Written by bookstore; the next run writes it again.', ...texts, ''].join('\n')
}
