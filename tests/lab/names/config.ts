import type { TsigKey } from './keys.ts'

export interface KnotOptions {
  folder: string
  address: string
  zones: readonly string[]
  /** Of a secondary: where it copies from. */
  primary?: string
  /** Of a primary: who copies from it. */
  secondaries: readonly string[]
  /** Secondaries are told at once when something has changed. */
  notify: boolean
  /** May change every record of the zones. */
  key: TsigKey
  /** May change the challenges of certificates and nothing else. */
  challengeKey: TsigKey
  /** Who is asked for names of other zones, so that a machine can have this server as its only one. */
  resolvers: readonly string[]
}

/** Below each zone. Those of the apex and of the name that shops have as an alias. */
const challengeNames = ['_acme-challenge', '_acme-challenge.www']

type Item = Record<string, string | readonly string[]>

/** knot.conf(5). A section stands above those that refer to it. */
export function knotConfig(options: KnotOptions): string {
  const { folder, address, primary, key, challengeKey, resolvers, zones } = options
  const outside = resolvers.length > 0
  const proxy = outside ? { 'global-module': 'mod-dnsproxy/outside' } : {}
  const files = { storage: folder, file: '%s.zone', 'zonefile-sync': '-1', 'journal-content': 'all' }
  return [
    section('server', { rundir: folder, listen: `${address}@53` }),
    section('log', { target: 'stderr', any: 'info' }),
    section('database', { storage: folder }),
    section('key', ...[key, challengeKey].map(({ name, algorithm, secret }) => ({ id: name, algorithm, secret }))),
    section('remote', ...remotes(options)),
    outside ? section('mod-dnsproxy', { id: 'outside', remote: 'outside', fallback: 'on' }) : '',
    section('acl', ...(primary ? [{ id: 'notify', address: primary, action: 'notify' }] : rights(options))),
    section('template', { id: 'default', ...files, ...proxy }),
    section('zone', ...zones.map((domain) => ({ domain, ...roleOf(options) }))),
  ].join('')
}

function section(name: string, ...items: Item[]): string {
  const lines = items.map((item) => Object.entries(item).map(([key, value]) => `${key}: ${text(value)}\n`))
  // Only an item of many begins with a dash, and these sections have one.
  const single = ['server', 'database'].includes(name)
  return `${name}:\n${lines.map((it) => `${single ? '    ' : '  - '}${it.join('    ')}`).join('')}`
}

function text(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : `[${value.join(', ')}]`
}

function remotes({ primary, secondaries, resolvers }: KnotOptions): Item[] {
  return [
    ...(primary ? [{ id: 'primary', address: primary }] : []),
    ...secondaries.map((address) => ({ id: remoteOf(address), address })),
    ...(resolvers.length > 0 ? [{ id: 'outside', address: resolvers }] : []),
  ]
}

const remoteOf = (address: string) => `at-${address.replaceAll('.', '-')}`

function rights({ secondaries, key, challengeKey }: KnotOptions): Item[] {
  const owners = { 'update-owner': 'name', 'update-owner-match': 'equal', 'update-owner-name': challengeNames }
  return [
    ...(secondaries.length > 0 ? [{ id: 'transfer', address: secondaries, action: 'transfer' }] : []),
    { id: 'update', key: key.name, action: 'update' },
    { id: 'challenge', key: challengeKey.name, action: 'update', 'update-type': 'TXT', ...owners },
  ]
}

function roleOf({ primary, secondaries, notify }: KnotOptions): Item {
  if (primary) return { master: 'primary', acl: 'notify' }
  if (secondaries.length === 0) return { acl: ['update', 'challenge'] }
  return { acl: ['transfer', 'update', 'challenge'], ...(notify ? { notify: secondaries.map(remoteOf) } : {}) }
}

/** A zone as it is at first: its servers and their addresses. Nobody keeps an answer, or that there is none, for long. */
export function zoneFile(zone: string, servers: readonly string[]): string {
  const names = servers.map((address, index) => ({ name: `ns${index + 1}`, address }))
  return [
    `$ORIGIN ${zone}.`,
    '$TTL 5',
    '@ SOA ns1 hostmaster 1 3600 600 86400 1',
    ...names.map(({ name }) => `@ NS ${name}`),
    ...names.map(({ name, address }) => `${name} A ${address}`),
    '',
  ].join('\n')
}
