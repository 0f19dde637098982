import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { newKey } from '../../../provisioners/certificates/key-pair.ts'
import { makeLeaf, makeRoot } from '../../../provisioners/certificates/x509.ts'
import { makeNamespace, type Network } from '../box/network.ts'
import { startService } from '../box/service.ts'
import type { NameServer } from '../names/name-server.ts'

export interface AuthorityRequest {
  /** Whom it asks for the challenges. */
  nameServer: NameServer
  /** Percent of good nonces that it refuses; 0 unless told. */
  nonceReject?: number
  /** Percent of authorizations that it lets a later order use again; 0 unless told. */
  authzReuse?: number
  /** Accepts every challenge without a look. */
  alwaysValid?: boolean
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
  await writeFile(config, JSON.stringify({ pebble: pebbleConfig(folder, address) }))
  const dispatcher = new Agent({ connect: { ca: await readFile(apiRoot, 'utf8') } })
  const get = async (url: string) => {
    const response = await request(url, { dispatcher, signal })
    return { status: response.statusCode, text: await response.body.text() }
  }
  const directoryUrl = `https://${address}:${ports.api}/dir`
  const argv = ['pebble', '-config', config, '-dnsserver', `${options.nameServer.address}:53`]
  const log = join(folder, 'log')
  try {
    await startService({
      ...{ network, host, log, signal },
      argv: options.strict ? [...argv, '-strict'] : argv,
      env: pebbleEnvironment(options),
      ready: () =>
        get(directoryUrl).then(
          ({ status }) => status === 200,
          () => false,
        ),
    })
    const root = (await get(`https://${address}:${ports.management}/roots/0`)).text
    return { directoryUrl, apiRoot, root, log: () => readFile(log, 'utf8') }
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

function pebbleConfig(folder: string, address: string): Record<string, unknown> {
  return {
    listenAddress: `${address}:${ports.api}`,
    managementListenAddress: `${address}:${ports.management}`,
    certificate: join(folder, 'api.pem'),
    privateKey: join(folder, 'api.key'),
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  }
}

/** Pebble's own defaults refuse and reuse now and then: a test says so when it wants that. */
function pebbleEnvironment(options: AuthorityRequest): Record<string, string> {
  const { nonceReject = 0, authzReuse = 0, alwaysValid = false, sleepSeconds = 0 } = options
  return {
    PEBBLE_WFE_NONCEREJECT: String(nonceReject),
    PEBBLE_WFE_AUTHZREUSE: String(authzReuse),
    ...(alwaysValid ? { PEBBLE_VA_ALWAYS_VALID: '1' } : {}),
    ...(sleepSeconds > 0 ? { PEBBLE_VA_SLEEPTIME: String(sleepSeconds) } : { PEBBLE_VA_NOSLEEP: '1' }),
  }
}
