import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '../../provisioners/engine/secret.ts'
import { createCluster } from '../../provisioners/local/postgres/cluster.ts'
import { askSystem } from '../../provisioners/local/postgres/identity.ts'
import { libraryEnvironment, linkLibraries } from '../../provisioners/local/postgres/libraries.ts'
import { findServers } from '../../provisioners/local/postgres/locate.ts'
import type { TestCluster } from '../support/postgres.ts'
import { until } from '../support/shop.ts'

/** A cluster of the PostgreSQL that comes from npm, whatever the system has; undefined where npm has none. */
export async function startEmbedded(): Promise<(TestCluster & { version: string; stop(): Promise<void> }) | undefined> {
  const [server] = await findServers('embedded')
  if (!server) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-embedded-'))
  const data = join(folder, 'data')
  const password = new Secret('embedded')
  await mkdir(join(folder, 'lib'))
  await linkLibraries(server, join(folder, 'lib'))
  const identity = await askSystem(data, [server.bin])
  const env = await libraryEnvironment(server, join(folder, 'lib'))
  await createCluster(data, { server, identity, env }, password)
  const [program = '', ...args] = [
    ...identity.prefix,
    join(server.bin, 'postgres'),
    '-D',
    data,
    '-c',
    'listen_addresses=',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'fsync=off',
  ]
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { ...env, PATH: process.env.PATH ?? '' },
    ...identity.user,
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const cluster = { socketFolder: folder, superuserPassword: password.reveal() }
  await until('the embedded PostgreSQL answers', () => canConnect(folder, password))
  await makePostgresRole(folder, password)
  return {
    ...cluster,
    version: server.version,
    stop: async () => {
      child.kill('SIGINT')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Its superuser is `bookstore`; the helpers of the tests expect one more, with the usual name. */
async function makePostgresRole(host: string, password: Secret): Promise<void> {
  await asBookstore(host, password, (client) =>
    client.query(`create role postgres superuser login password '${password.reveal()}'`),
  )
}

async function canConnect(host: string, password: Secret): Promise<boolean> {
  return asBookstore(host, password, (client) => client.query('select 1')).then(
    () => true,
    () => false,
  )
}

async function asBookstore<T>(
  host: string,
  password: Secret,
  work: (client: import('pg').Client) => Promise<T>,
): Promise<T> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ host, user: 'bookstore', password: password.reveal(), database: 'postgres' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
