import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transport } from '../../provisioners/certificates/acme/transport.ts'
import { newKey } from '../../provisioners/certificates/key-pair.ts'
import { createLocalAuthority, localAuthority } from '../../provisioners/certificates/local-ca.ts'
import type { Endpoint } from '../../provisioners/dns/query/endpoint.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { ownAddress, type Running, start } from '../dns/process.ts'
import { newestPebble } from '../lab/acme/newest.ts'

export interface PebbleOptions {
  /** Where it looks for TXT records. */
  dns: Endpoint
  /** 'debian' is this Debian's package, which may know neither windows nor profiles; 'newer' is that of Debian testing. */
  version?: 'debian' | 'newer'
  /** Of all nonces this part is refused, in percent. */
  refusedNonces?: number
  /** Authorizations that are valid already are used again, in percent of the cases. */
  reused?: number
  /** Key of the accounts that must be bound, base64url, by identifier. */
  accounts?: Record<string, string>
  /** Seconds. */
  validity?: Record<string, number>
}

export interface Pebble {
  directory: string
  /** 'https://127.1.2.3:14000' */
  origin: string
  /** PEM of whom to trust for its HTTPS. */
  ca: string
  process: Running
  /** PEM of the root that signs what it issues. */
  root(): Promise<string>
  /** Overrides the answer of renewalInfo for one certificate. Only the newer one. */
  suggest(certificate: string, answer: object): Promise<void>
  stop(): Promise<void>
}

/** A real ACME authority on an address of its own. `stop` leaves nothing behind. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-pebble-'))
  const address = ownAddress()
  const tls = await httpsFiles(folder, address)
  const program = options.version === 'newer' ? await newestPebble(AbortSignal.timeout(600_000)) : 'pebble'
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ pebble: configOf(options, folder, address) }))
  const origin = `https://${address}:14000`
  const transport = new Transport(tls.ca)
  const ask = (url: string, method = 'GET', body?: object) =>
    transport.send(url, {
      method,
      signal: AbortSignal.timeout(10_000),
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  const args = ['-config', config, '-dnsserver', `${options.dns.address}:${options.dns.port}`]
  const env = {
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: String(options.refusedNonces ?? 0),
    PEBBLE_AUTHZREUSE: String(options.reused ?? 0),
    PEBBLE_WFE_AUTHZREUSE: String(options.reused ?? 0),
  }
  const running = await start(program, args, async () => (await ask(`${origin}/dir`)).status === 200, env)
  const management = `https://${address}:15000`
  return {
    origin,
    directory: `${origin}/dir`,
    ca: tls.ca,
    process: running,
    root: async () => (await ask(`${management}/roots/0`)).body,
    async suggest(certificate, answer) {
      const body = { Certificate: certificate, ARIResponse: JSON.stringify(answer) }
      const { status } = await ask(`${management}/set-renewal-info/`, 'POST', body)
      if (status !== 200) throw new Error(`the window was not taken: ${status}`)
    },
    async stop() {
      transport.close()
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configOf({ accounts, validity }: PebbleOptions, folder: string, address: string) {
  return {
    listenAddress: `${address}:14000`,
    managementListenAddress: `${address}:15000`,
    certificate: join(folder, 'api.pem'),
    privateKey: join(folder, 'api.key'),
    httpPort: 5002,
    tlsPort: 5001,
    ocspResponderURL: '',
    externalAccountBindingRequired: accounts !== undefined,
    ...(accounts ? { externalAccountMACKeys: accounts } : {}),
    retryAfter: { authz: 1, order: 1 },
    profiles: Object.fromEntries(
      Object.entries(validity ?? { default: 7_776_000 }).map(([name, validityPeriod]) => [
        name,
        { description: name, validityPeriod },
      ]),
    ),
  }
}

/** A certificate for HTTPS on one loopback address, by an authority of its own. A name comes first: it is the subject. */
export async function httpsFiles(folder: string, address: string): Promise<{ ca: string; cert: string; key: string }> {
  await createLocalAuthority(folder, 'pebble', systemClock)
  const key = newKey()
  const signal = AbortSignal.timeout(10_000)
  const cert = await localAuthority(folder, systemClock).issue({ names: ['localhost', address], key, signal })
  await writeFile(join(folder, 'api.pem'), cert)
  await writeFile(join(folder, 'api.key'), key)
  return { ca: await readFile(join(folder, 'authority.pem'), 'utf8'), cert, key }
}
