import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { newKey } from '../../../provisioners/certificates/key-pair.ts'
import { makeLeaf, makeRoot } from '../../../provisioners/certificates/x509.ts'
import { makeNamespace, type Network, setLink } from '../box/network.ts'
import { startService } from '../box/service.ts'
import type { NameServer } from '../names/name-server.ts'
import { newestPebble } from './newest.ts'

export interface AuthorityRequest {
  /** Whom it asks for the challenges. */
  nameServer: NameServer
  /** Percent of good nonces that it refuses; 0 unless told. */
  nonceReject?: number
  /** Percent of authorizations that it lets a later order use again; 0 unless told. */
  authzReuse?: number
  /** Accepts every challenge without a look. */
  alwaysValid?: boolean
  /** The newest Pebble that Debian has instead of this box's: only that offers ARI and profiles. */
  newest?: boolean
  /** How long its certificates last, in seconds; 90 days unless told. */
  validity?: number
  /** Further profiles and how long their certificates last, in seconds. Needs `newest`. */
  profiles?: Record<string, number>
  /** Names that it issues nothing for. */
  blocked?: readonly string[]
  /** What it tells a client that asks too early, in seconds; 1 unless told. Needs `newest`. */
  retryAfter?: number
  /** Waits up to so many seconds before it looks; not at all unless told. */
  sleepSeconds?: number
  /** Pebble's `-strict`: behaves as it will one day. */
  strict?: boolean
}

/** Pebble, an ACME authority for tests (RFC 8555). */
export interface Authority {
  /** Where an ACME client begins. */
  readonly directoryUrl: string
  /** File with the certificate that the directory's own is signed by. PEM. */
  readonly apiRoot: string
  /** The root of what it issues, made anew with each start. PEM. */
  readonly root: string
  /** Suggests when to renew a certificate (RFC 9773). Needs `newest`. */
  suggestRenewal(certificate: string, window: { start: Date; end: Date }): Promise<void>
  /** It cannot be reached until `mendLink`. */
  cutLink(): Promise<void>
  mendLink(): Promise<void>
  /** What it has printed. */
  log(): Promise<string>
}

const ports = { api: 14000, management: 15000 }

/** Starts it at `network`.`host`. It ends with the lab. */
export async function startAuthority(
  network: Network,
  host: number,
  folder: string,
  options: AuthorityRequest,
  signal: AbortSignal,
): Promise<Authority> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const address = await makeNamespace(network, host)
  const apiRoot = await makeApiCertificate(folder, address)
  const config = join(folder, 'pebble.json')
  await writeFile(config, JSON.stringify({ pebble: pebbleConfig(folder, address, options) }))
  const directoryUrl = `https://${address}:${ports.api}/dir`
  const management = `https://${address}:${ports.management}`
  const ca = await readFile(apiRoot, 'utf8')
  const program = options.newest ? await newestPebble(signal) : 'pebble'
  const log = join(folder, 'log')
  await startService({
    ...{ network, host, log, signal },
    argv: [program, '-config', config, '-dnsserver', `${options.nameServer.address}:53`, `-strict=${!!options.strict}`],
    env: pebbleEnvironment(options),
    ready: () => ask(directoryUrl, ca).then(Boolean, () => false),
  })
  return {
    ...{ directoryUrl, apiRoot },
    root: await ask(`${management}/roots/0`, ca),
    log: () => readFile(log, 'utf8'),
    cutLink: () => setLink(network.lab, host, false),
    mendLink: () => setLink(network.lab, host, true),
    async suggestRenewal(Certificate, { start, end }) {
      const ARIResponse = JSON.stringify({ suggestedWindow: { start, end } })
      await ask(`${management}/set-renewal-info/`, ca, JSON.stringify({ Certificate, ARIResponse }))
    },
  }
}

/** The body of a good answer; POSTs when there is something to say. */
async function ask(url: string, ca: string, body?: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca } })
  try {
    // An authority refuses a client without a name (RFC 8555, 6.1).
    const headers = { 'user-agent': 'bookstore-lab' }
    const response = await request(url, { dispatcher, headers, method: body ? 'POST' : 'GET', body: body ?? null })
    const text = await response.body.text()
    if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}: ${text}`)
    return text
  } finally {
    await dispatcher.destroy()
  }
}

/** Of the address that it listens on, signed by a root that may sign for nothing else. */
async function makeApiCertificate(folder: string, address: string): Promise<string> {
  const day = 86_400_000
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) }
  const [rootKey, leafKey] = [newKey(), newKey()]
  const here = { address: address.split('.').map(Number), mask: [255, 255, 255, 255] }
  const root = await makeRoot('lab', rootKey, validity, { dns: [], ip: [here] })
  const leaf = await makeLeaf([address], leafKey, validity, { certificate: root, key: rootKey })
  await writeFile(join(folder, 'api-root.pem'), root)
  await writeFile(join(folder, 'api.pem'), leaf)
  await writeFile(join(folder, 'api.key'), leafKey, { mode: 0o600 })
  return join(folder, 'api-root.pem')
}

function pebbleConfig(folder: string, address: string, options: AuthorityRequest): Record<string, unknown> {
  const { validity = 90 * 86_400, profiles = {}, blocked = [], retryAfter = 1 } = options
  const described = Object.entries({ default: validity, ...profiles }).map(([name, validityPeriod]) => {
    return [name, { description: name, validityPeriod }] as const
  })
  return {
    listenAddress: `${address}:${ports.api}`,
    managementListenAddress: `${address}:${ports.management}`,
    certificate: join(folder, 'api.pem'),
    privateKey: join(folder, 'api.key'),
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
    domainBlocklist: blocked,
    certificateValidityPeriod: validity,
    profiles: Object.fromEntries(described),
    retryAfter: { authz: retryAfter, order: retryAfter },
  }
}

/** Pebble's own defaults refuse and reuse now and then: a test says so when it wants that. */
function pebbleEnvironment(options: AuthorityRequest): Record<string, string> {
  const { nonceReject = 0, authzReuse = 0, alwaysValid = false, sleepSeconds = 0 } = options
  return {
    PEBBLE_WFE_NONCEREJECT: String(nonceReject),
    PEBBLE_AUTHZREUSE: String(authzReuse),
    ...(alwaysValid ? { PEBBLE_VA_ALWAYS_VALID: '1' } : {}),
    ...(sleepSeconds > 0 ? { PEBBLE_VA_SLEEPTIME: String(sleepSeconds) } : { PEBBLE_VA_NOSLEEP: '1' }),
  }
}
