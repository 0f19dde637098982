import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ask } from '../../provisioners/dns/query/ask.ts'
import { ownAddress, type Running, start } from './process.ts'

const run = promisify(execFile)

export interface KnotKey {
  name: string
  /** base64 */
  secret: string
  /** The only names that the key may change; all when left out. */
  only?: readonly string[]
}

export interface KnotZone {
  name: string
  /** Lines of a zone file below the SOA; '@' is the zone. */
  records?: readonly string[]
  /** Address and port of the primary: this server is a secondary then, which never asks for news by itself. */
  primary?: { address: string; port: number }
  /** Addresses that may transfer the zone. */
  secondaries?: readonly string[]
}

export interface Knot {
  address: string
  port: number
  process: Running
  /** Has a secondary fetch the zone now. */
  refresh(zone: string): Promise<void>
  stop(): Promise<void>
}

export function newKey(name: string, only?: readonly string[]): KnotKey {
  return { name, secret: randomBytes(32).toString('base64'), ...(only ? { only } : {}) }
}

/** A real authoritative server (Knot DNS) on an address of its own. `stop` leaves nothing behind. */
export async function startKnot(
  zones: readonly KnotZone[],
  {
    keys = [],
    address = ownAddress(),
    port = 5300,
  }: { keys?: readonly KnotKey[]; address?: string; port?: number } = {},
): Promise<Knot> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-knot-'))
  await mkdir(join(folder, 'zones'))
  for (const zone of zones) if (!zone.primary) await writeFile(zoneFile(folder, zone.name), zoneText(zone))
  const config = join(folder, 'knot.conf')
  await writeFile(config, configText(folder, { address, port, zones, keys }), { mode: 0o600 })
  const ready = async () => {
    const names = zones.filter(({ primary }) => !primary).map(({ name }) => name)
    for (const name of names) await ask({ address, port }, name, 'SOA', { signal: AbortSignal.timeout(1_000) })
    if (names.length === 0) await control(folder, ['status'])
    return true
  }
  const running = await start('knotd', ['-c', config], ready).catch(async (error) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return {
    address,
    port,
    process: running,
    refresh: (zone) => control(folder, ['-b', 'zone-retransfer', zone]),
    async stop() {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function control(folder: string, args: readonly string[]): Promise<void> {
  await run('knotc', ['-s', join(folder, 'knot.sock'), ...args])
}

function zoneFile(folder: string, zone: string): string {
  return join(folder, 'zones', `${zone || 'root'}.zone`)
}

function zoneText({ name, records = [] }: KnotZone): string {
  const apex = name === '' ? '.' : `${name}.`
  const soa = `@ 60 SOA ns1.${apex === '.' ? '' : apex} hostmaster.example. 1 86400 86400 864000 5`
  return [`$ORIGIN ${apex}`, '$TTL 60', soa, ...records, ''].join('\n')
}

function configText(
  folder: string,
  {
    address,
    port,
    zones,
    keys,
  }: { address: string; port: number; zones: readonly KnotZone[]; keys: readonly KnotKey[] },
): string {
  const acls = keys.map((key) => `acl-${key.name}`)
  const transfers = [...new Set(zones.flatMap(({ secondaries = [] }) => secondaries))]
  return [
    'server:',
    `    rundir: ${folder}`,
    `    listen: ${address}@${port}`,
    '    udp-workers: 1',
    '    tcp-workers: 1',
    '    background-workers: 1',
    'control:',
    `    listen: ${join(folder, 'knot.sock')}`,
    'log:',
    '  - target: stdout',
    '    any: info',
    'database:',
    `    storage: ${folder}`,
    ...section('key', keys, (key) => [
      `  - id: ${key.name}`,
      '    algorithm: hmac-sha256',
      `    secret: ${key.secret}`,
    ]),
    ...section('remote', zones, ({ name, primary }) =>
      primary
        ? [`  - id: primary-${name}`, `    address: ${primary.address}@${primary.port}`, `    via: ${address}`]
        : [],
    ),
    'acl:',
    ...keys.flatMap((key) => aclText(key)),
    '  - id: transfers',
    `    address: [${['127.0.0.1', ...transfers].join(', ')}]`,
    '    action: transfer',
    'zone:',
    ...zones.flatMap(({ name, primary }) => [
      `  - domain: ${name || '.'}`,
      `    file: ${zoneFile(folder, name)}`,
      `    acl: [${[...acls, 'transfers'].join(', ')}]`,
      ...(primary ? [`    master: primary-${name}`] : []),
    ]),
    '',
  ].join('\n')
}

function section<T>(name: string, items: readonly T[], lines: (item: T) => string[]): string[] {
  const all = items.flatMap(lines)
  return all.length === 0 ? [] : [`${name}:`, ...all]
}

function aclText({ name, only }: KnotKey): string[] {
  const names = only
    ? [
        '    update-owner: name',
        '    update-owner-match: equal',
        `    update-owner-name: [${only.map((name) => `${name}.`).join(', ')}]`,
      ]
    : []
  return [`  - id: acl-${name}`, `    key: ${name}`, '    action: update', ...names]
}
