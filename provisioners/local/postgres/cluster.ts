import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import type { Secret } from '../../engine/secret.ts'
import { orDiskFull } from '../disk.ts'
import { signalProcess, startedWithArgument } from '../os-process.ts'
import { lastLines, runProgram } from '../run-program.ts'
import type { Identity } from './identity.ts'
import type { PostgresServer } from './locate.ts'

export interface Installation {
  server: PostgresServer
  identity: Identity
  env: Readonly<Record<string, string>>
}

/** The major version that wrote a cluster, or `undefined` when there is no finished one. */
export async function clusterMajor(cluster: string): Promise<number | undefined> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Number.parseInt(text, 10)
}

/**
 * Makes the cluster beside its place and renames it when it is whole: what is at `cluster` is always finished,
 * and an `initdb` that was killed leaves only a sibling that the next run throws away.
 */
export async function createCluster(
  cluster: string,
  installation: Installation,
  password: Secret,
  signal?: AbortSignal,
): Promise<void> {
  await removeUnfinished(cluster)
  const unfinished = `${cluster}.unfinished.${randomBytes(4).toString('hex')}`
  const passwordFile = `${unfinished}.password`
  await mkdir(unfinished, { mode: 0o700 })
  await writeFile(passwordFile, `${password.reveal()}\n`, { mode: 0o600 })
  await chmod(passwordFile, 0o600)
  await own(installation.identity, [unfinished, passwordFile])
  try {
    await initdb(unfinished, passwordFile, installation, signal)
    await rename(unfinished, cluster)
  } catch (error) {
    const reported = await orDiskFull(error, dirname(cluster))
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 })
    throw reported
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** What killed attempts left. Their `initdb` may have outlived them. */
async function removeUnfinished(cluster: string): Promise<void> {
  const start = `${basename(cluster)}.unfinished.`
  const names = (await readdir(dirname(cluster))).filter((name) => name.startsWith(start))
  for (const path of names.map((name) => join(dirname(cluster), name))) {
    for (const orphan of startedWithArgument(path)) signalProcess(orphan, 'SIGKILL')
    await rm(path, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function own({ user }: Identity, paths: readonly string[]): Promise<void> {
  if (user) await Promise.all(paths.map((path) => chown(path, user.uid, user.gid)))
}

async function initdb(
  folder: string,
  passwordFile: string,
  { server, identity, env }: Installation,
  signal?: AbortSignal,
) {
  const argv = [
    ...identity.prefix,
    join(server.bin, 'initdb'),
    `--pgdata=${folder}`,
    '--username=bookstore',
    `--pwfile=${passwordFile}`,
    '--auth-local=scram-sha-256',
    '--auth-host=reject',
    '--encoding=UTF8',
    `--locale=${platform() === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
    '--no-instructions',
    '--data-checksums',
  ]
  const { code, output } = await runProgram(argv, { env: { ...env }, cwd: dirname(folder), signal, ...identity.user })
  if (code === 0) return
  throw new BookstoreError(`PostgreSQL could not make its data folder: ${lastLines(output).join(' / ')}`, {
    code: 'initdb-failed',
    fault: 'remote',
    hint: 'Run it again with -v; nothing was kept of this attempt.',
  })
}
