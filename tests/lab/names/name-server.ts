import { Resolver } from 'node:dns/promises'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeNamespace, type Network, setLink } from '../box/network.ts'
import { boxResolvers } from '../box/resolvers.ts'
import { must } from '../box/run.ts'
import { startService } from '../box/service.ts'
import { type KnotOptions, knotConfig, zoneFile } from './config.ts'
import { makeKey, type TsigKey } from './keys.ts'
import { watchSerials } from './lag.ts'

export interface NameServerRequest {
  /** Apexes: 'proyecto2.test'. */
  zones: readonly string[]
  /** Servers that copy from the first; 1 unless told. All of them stand in the zone's NS records. */
  secondaries?: number
  /** How much later the secondaries know; at once unless told. */
  lagMs?: number
}

type RecordType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'TXT'

/** Knot DNS, authoritative for the zones; other names it asks this box's resolver for. */
export interface NameServer {
  /** Of the primary, at port 53. */
  readonly address: string
  /** Of all of them, the primary first. */
  readonly servers: readonly string[]
  /** May change every record of the zones. */
  readonly key: TsigKey
  /** May change TXT records at _acme-challenge of an apex and of its www, and nothing else. */
  readonly challengeKey: TsigKey
  /** Replaces the records of a name and type by these; removes them when there are none. In the words of a zone file. */
  record(name: string, type: string, ...values: string[]): Promise<void>
  /** What one server says, sorted; nothing when it knows of nothing. The primary unless told. */
  query(name: string, type: RecordType, server?: string): Promise<string[]>
  /** An argv of this box that asks these servers for every name, and not the box's. */
  resolving(argv: readonly string[]): string[]
  /** One server cannot be reached until `mendLink`. */
  cutLink(server: string): Promise<void>
  mendLink(server: string): Promise<void>
}

/** Starts the servers at `network`.2, .3 and so on. They end with the lab. */
export async function startNameServer(
  network: Network,
  folder: string,
  { zones, secondaries = 1, lagMs }: NameServerRequest,
  signal: AbortSignal,
): Promise<NameServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const hosts = Array.from({ length: secondaries + 1 }, (_, index) => firstHost + index)
  const servers = await Promise.all(hosts.map((host) => makeNamespace(network, host)))
  const [primary = '', ...others] = servers
  const [key, challengeKey] = [await makeKey(folder, 'lab'), await makeKey(folder, 'challenge')]
  const resolvers = await boxResolvers()
  for (const [index, address] of servers.entries()) {
    const role = index === 0 ? { secondaries: others } : { secondaries: [], primary }
    const place = { folder: knotFolder(folder, index), address }
    const options = { ...place, ...role, zones, key, challengeKey, resolvers, notify: lagMs === undefined }
    await startKnot(network, firstHost + index, options, servers, signal)
  }
  if (lagMs !== undefined) {
    const refresh = async (zone: string) => {
      for (const index of others.keys()) await control(knotFolder(folder, index + 1), 'zone-refresh', zone)
    }
    void watchSerials(primary, zones, lagMs, refresh, signal)
  }
  const setCable = (server: string, up: boolean) => setLink(network.lab, firstHost + servers.indexOf(server), up)
  const resolvConf = join(folder, 'resolv.conf')
  await writeFile(resolvConf, `nameserver ${primary}\n`)
  return {
    address: primary,
    ...{ servers, key, challengeKey },
    record: (name, type, ...values) => update(primary, key, zoneOf(zones, name), { name, type, values }),
    query: (name, type, server = primary) => query(server, name, type),
    resolving: (argv) => resolving(resolvConf, argv),
    cutLink: (server) => setCable(server, false),
    mendLink: (server) => setCable(server, true),
  }
}

/** Last number of the primary's address. */
const firstHost = 2
const knotFolder = (folder: string, index: number) => join(folder, `ns${index + 1}`)

async function startKnot(
  network: Network,
  host: number,
  options: KnotOptions,
  servers: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { folder, zones, primary, address } = options
  await mkdir(folder)
  const config = join(folder, 'knot.conf')
  await writeFile(config, knotConfig(options), { mode: 0o600 })
  if (!primary) for (const zone of zones) await writeFile(join(folder, `${zone}.zone`), zoneFile(zone, servers))
  const ready = async () => {
    const known = await Promise.all(zones.map((zone) => query(address, zone, 'NS').catch(() => [])))
    return known.every((it) => it.length > 0)
  }
  const log = join(folder, 'log')
  await startService({ network, host, argv: ['knotd', '-c', config], log, ready, signal })
}

async function control(folder: string, ...command: string[]): Promise<void> {
  await must(['knotc', '-s', join(folder, 'knot.sock'), ...command])
}

async function query(server: string, name: string, type: RecordType): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  resolver.setServers([server])
  try {
    const found = (await resolver.resolve(name, type)) as Array<string | string[]>
    return found.map((it) => (Array.isArray(it) ? it.join('') : it)).sort()
  } catch (error) {
    if (['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

function zoneOf(zones: readonly string[], name: string): string {
  const zone = zones.find((it) => name === it || name.endsWith(`.${it}`))
  if (!zone) throw new Error(`${name} is in none of the zones ${zones.join(', ')}`)
  return zone
}

interface RecordSet {
  name: string
  type: string
  values: readonly string[]
}

async function update(server: string, key: TsigKey, zone: string, { name, type, values }: RecordSet): Promise<void> {
  const added = values.map((value) => `add ${name}. 5 ${type} ${value}\n`).join('')
  const input = `server ${server}\nzone ${zone}.\ndel ${name}. ${type}\n${added}send\n`
  await must(['knsupdate', '-k', key.file], { input })
}

/** A mount namespace in which /etc/resolv.conf is another file. */
function resolving(resolvConf: string, argv: readonly string[]): string[] {
  const script = 'mount --bind "$1" "$(readlink -f /etc/resolv.conf)"; shift; exec "$@"'
  return ['unshare', '--mount', 'sh', '-ec', script, 'sh', resolvConf, ...argv]
}
