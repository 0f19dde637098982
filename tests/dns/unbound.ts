import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from '../../provisioners/dns/query/ask.ts'
import type { Endpoint } from '../../provisioners/dns/query/endpoint.ts'
import { ownAddress, start } from './process.ts'

/**
 * A real resolver (Unbound) that keeps nothing, and starts at servers of ours instead of the world's root.
 *
 * @param servers By zone: '' is the root. `address` or `address@port`.
 */
export async function startUnbound(servers: Record<string, string>): Promise<Endpoint & { stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-unbound-'))
  const endpoint = { address: ownAddress(), port: 5301 }
  const config = join(folder, 'unbound.conf')
  await writeFile(config, configText(folder, endpoint, servers))
  const [zone = ''] = Object.keys(servers)
  const ready = () => ask(endpoint, zone, 'SOA', { recurse: true, signal: AbortSignal.timeout(2_000) }).then(() => true)
  const running = await start('unbound', ['-d', '-c', config], ready).catch(async (error) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return {
    ...endpoint,
    async stop() {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configText(folder: string, { address, port }: Endpoint, servers: Record<string, string>): string {
  return [
    'server:',
    `  interface: ${address}@${port}`,
    '  access-control: 127.0.0.0/8 allow',
    '  do-not-query-localhost: no',
    '  do-ip6: no',
    `  directory: "${folder}"`,
    '  chroot: ""',
    '  username: ""',
    '  pidfile: ""',
    '  use-syslog: no',
    '  module-config: "iterator"',
    '  cache-max-ttl: 0',
    '  cache-max-negative-ttl: 0',
    ...['test', 'invalid'].map((zone) => `  local-zone: "${zone}." nodefault`),
    'remote-control:',
    '  control-enable: no',
    ...Object.entries(servers).flatMap(([zone, server]) => [
      'stub-zone:',
      `  name: "${zone}."`,
      `  stub-addr: ${server}`,
    ]),
    '',
  ].join('\n')
}
