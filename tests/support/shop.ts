import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { createDatabase, repositoryRoot, type TestCluster, type TestDatabase } from './postgres.ts'

export type ServiceName = 'auth' | 'catalog' | 'sales' | 'payments' | 'gateway' | 'web'
const withDatabase = ['auth', 'catalog', 'sales', 'payments'] as const

export interface ShopOptions {
  services: readonly ServiceName[]
  /** Another Node than the one that runs the tests. */
  node?: string
  /** Another script in place of dist/services/<name>.mjs, absolute. */
  scripts?: Partial<Record<ServiceName, string>>
  /** Variables on top of the contract's. */
  env?: Partial<Record<ServiceName, Record<string, string>>>
  /** Processes of a service; `name` is the first, `name-2` the second, each on sockets of its own. One by default. */
  instances?: Partial<Record<ServiceName, number>>
  /** Runs `seed` of catalog. False by default. */
  seed?: boolean
}

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of a body by reading it
  body: any
}

/** The processes of a shop over one cluster, without NGINX: each listens on Unix sockets in a temporary folder. */
export interface TestShop {
  siteUrl: string
  folder: string
  databases: Record<(typeof withDatabase)[number], TestDatabase>
  socket(service: ServiceName, instance?: number, internal?: boolean): string
  request(
    service: ServiceName,
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string>; instance?: number; internal?: boolean },
  ): Promise<Reply>
  /** Resolves when it is ready. `env` is on top of everything. */
  start(service: ServiceName, instance?: number, env?: Record<string, string>): Promise<void>
  /** Runs a command of a service to its end and gives what it printed. Throws when it fails. */
  command(service: ServiceName, name: string): Promise<string>
  /** Sends the signal and waits for the end of the process. */
  stop(service: ServiceName, signal: NodeJS.Signals, instance?: number): Promise<void>
  /** Resolves when the process ends by itself. */
  ended(service: ServiceName, instance?: number): Promise<void>
  /** What the process printed. */
  log(service: ServiceName, instance?: number): string
  close(): Promise<void>
}

const credentials = () => ({
  'webhook-secret': randomBytes(32).toString('hex'),
  'cart-key': randomBytes(32).toString('hex'),
  'signing-key-key': randomBytes(32).toString('hex'),
})

/** Awaits `condition`, asking every 25 ms. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  withinMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

export async function startShop(cluster: TestCluster, options: ShopOptions): Promise<TestShop> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-shop-'))
  const siteUrl = 'https://bookstore.localhost:8443'
  const secrets = credentials()
  const databases = Object.fromEntries(
    await Promise.all(withDatabase.map(async (name) => [name, await createDatabase(cluster, name)] as const)),
  ) as TestShop['databases']
  const processes = new Map<string, { child: ChildProcess; output: string; ended: Promise<void> }>()
  const pools = new Map<string, Pool>()

  const instanceName = (service: ServiceName, instance = 1) => (instance === 1 ? service : `${service}-${instance}`)
  const socket = (service: ServiceName, instance = 1, internal = false) =>
    join(folder, `${instanceName(service, instance)}${internal ? '-internal' : ''}.sock`)
  const unix = (service: ServiceName, internal = false) => `unix:${socket(service, 1, internal)}`
  const node = options.node ?? process.execPath
  const script = (service: ServiceName) =>
    options.scripts?.[service] ?? join(repositoryRoot, 'dist/services', `${service}.mjs`)

  async function environment(service: ServiceName, instance: number): Promise<Record<string, string>> {
    const credentialFolder = join(folder, 'credentials', instanceName(service, instance))
    await mkdir(credentialFolder, { recursive: true, mode: 0o700 })
    const database = (databases as Partial<Record<ServiceName, TestDatabase>>)[service]
    const files = { ...secrets, ...(database && { 'database-password': database.password }) }
    await Promise.all(
      Object.entries(files).map(([name, value]) => writeFile(join(credentialFolder, name), value, { mode: 0o600 })),
    )
    return {
      PATH: process.env.PATH ?? '',
      CREDENTIALS_DIRECTORY: credentialFolder,
      BOOKSTORE_PROCESS: instanceName(service, instance),
      BOOKSTORE_LISTEN: `unix:${socket(service, instance)}`,
      BOOKSTORE_LISTEN_INTERNAL: `unix:${socket(service, instance, true)}`,
      BOOKSTORE_SITE_URL: siteUrl,
      BOOKSTORE_AUTH_URL: unix('auth'),
      BOOKSTORE_CATALOG_URL: unix('catalog'),
      BOOKSTORE_SALES_URL: unix('sales'),
      BOOKSTORE_PAYMENTS_URL: unix('payments'),
      BOOKSTORE_GATEWAY_URL: unix('gateway'),
      BOOKSTORE_AUTH_INTERNAL_URL: unix('auth', true),
      BOOKSTORE_CATALOG_INTERNAL_URL: unix('catalog', true),
      BOOKSTORE_SALES_INTERNAL_URL: unix('sales', true),
      BOOKSTORE_COVERS: join(folder, 'covers'),
      BOOKSTORE_CURRENCY: 'USD',
      BOOKSTORE_SHOP: JSON.stringify({
        name: 'Librería de prueba',
        tagline: { es: 'Libros con historia', en: 'Books with a history' },
        accent: '#7a1f2b',
        languages: ['es', 'en'],
        legal: { es: '', en: '' },
        catalogue: 'classics',
      }),
      ...(database && { BOOKSTORE_DATABASE_URL: database.url }),
      ...options.env?.[service],
    }
  }

  async function command(service: ServiceName, name: string): Promise<string> {
    const env = await environment(service, 1)
    const child = spawn(node, [script(service), name], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`${service} ${name} ended with ${code}\n${output}`)
    return output
  }

  async function start(service: ServiceName, instance = 1, more: Record<string, string> = {}): Promise<void> {
    const env = { ...(await environment(service, instance)), ...more }
    const child = spawn(node, [script(service), 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const entry = { child, output: '', ended: new Promise<void>((resolve) => child.once('exit', () => resolve())) }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (entry.output += chunk))
    processes.set(instanceName(service, instance), entry)
    await until(`${service} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${service} ended with ${child.exitCode}\n${entry.output}`)
      return (
        (await request(service, 'GET', '/readyz', { instance, internal: true }).catch(() => undefined))?.status === 200
      )
    })
  }

  const request: TestShop['request'] = async (
    service,
    method,
    path,
    { body, headers = {}, instance = 1, internal = false } = {},
  ) => {
    const socketPath = socket(service, instance, internal)
    const pool = pools.get(socketPath) ?? new Pool('http://shop', { connections: 256, connect: { socketPath } })
    pools.set(socketPath, pool)
    const raw = typeof body === 'string' || Buffer.isBuffer(body)
    const response = await pool.request({
      method: method as 'GET',
      path,
      headers: { ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : raw ? body : JSON.stringify(body),
    })
    const text = await response.body.text()
    const json = /json/.test(String(response.headers['content-type'] ?? ''))
    return { status: response.statusCode, headers: response.headers, body: json ? JSON.parse(text) : text }
  }

  const entryOf = (service: ServiceName, instance = 1) => {
    const entry = processes.get(instanceName(service, instance))
    if (!entry) throw new Error(`${instanceName(service, instance)} was not started`)
    return entry
  }

  const close = async () => {
    await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    await Promise.all(
      [...processes.values()].map(({ child, ended }) => {
        child.kill('SIGKILL')
        return child.exitCode === null && child.signalCode === null ? ended : undefined
      }),
    )
    await rm(folder, { recursive: true, force: true })
  }

  try {
    const owners = withDatabase.filter((name) => options.services.includes(name))
    await Promise.all(owners.map((name) => command(name, 'migrate')))
    if (options.seed) await command('catalog', 'seed')
    await Promise.all(
      options.services.flatMap((name) =>
        Array.from({ length: options.instances?.[name] ?? 1 }, (_, index) => start(name, index + 1)),
      ),
    )
  } catch (error) {
    await close()
    throw error
  }

  return {
    siteUrl,
    folder,
    databases,
    socket,
    request,
    start,
    command,
    stop: async (service, signal, instance) => {
      const { child, ended } = entryOf(service, instance)
      child.kill(signal)
      await ended
    },
    ended: (service, instance) => entryOf(service, instance).ended,
    log: (service, instance) => entryOf(service, instance).output,
    close,
  }
}
