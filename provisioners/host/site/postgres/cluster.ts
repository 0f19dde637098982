import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BookstoreError } from '../../../engine/errors.ts'
import { writeFileAtomic } from '../../../engine/files.ts'
import { oldestMajor } from '../../../local/postgres/locate.ts'
import type { Host } from '../../host.ts'

/** Ours, beside whatever else is there: `pg_lsclusters` shows it as `15 bookstore`. */
const clusterName = 'bookstore'

export interface Cluster {
  /** The major version whose files it has. */
  major: number
  running: boolean
}

export const clusterUnit = ({ major }: Pick<Cluster, 'major'>): string => `postgresql@${major}-${clusterName}.service`

/** Folder of its configuration. */
export const configurationOf = ({ major }: Pick<Cluster, 'major'>): string => `/etc/postgresql/${major}/${clusterName}`

/** Written before a cluster is made and removed when it is whole: what is half made has no data yet. */
const unfinished = (host: Host) => join(host.memory, 'postgres-unfinished')

/**
 * Our cluster. Of several, as after an upgrade by hand, the one that runs, else the newest; undefined without one, and
 * without the programs.
 */
export async function findCluster(host: Host): Promise<Cluster | undefined> {
  if (await exists(unfinished(host))) return undefined
  const found = (await listClusters(host)).filter(({ name }) => name === clusterName)
  return found.find(({ running }) => running) ?? found[0]
}

/** Newest first. */
async function listClusters(host: Host): Promise<(Cluster & { name: string })[]> {
  const program = '/usr/bin/pg_lsclusters'
  if (!(await exists(program))) return []
  const { stdout } = await host.run([program, '--no-header'])
  return stdout
    .split('\n')
    .map((line) => line.split(/\s+/))
    .flatMap(([major, name, , status]) =>
      name === undefined ? [] : [{ major: Number(major), name, running: status?.startsWith('online') === true }],
    )
    .sort((one, other) => other.major - one.major)
}

/**
 * Makes the cluster with the newest PostgreSQL that is installed. It does not run yet.
 * @throws BookstoreError 'postgres-missing'; 'disk-full' and the like.
 */
export async function createCluster(host: Host, signal: AbortSignal): Promise<Cluster> {
  const major = await newestServer()
  await dropUnfinished(host)
  await mkdir(host.memory, { recursive: true, mode: 0o700 })
  await writeFileAtomic(unfinished(host), `${major}\n`, 0o600)
  const argv = ['pg_createcluster', String(major), clusterName, '--locale=C.UTF-8', '--encoding=UTF8'] as const
  await host.run([...argv, '--', '--data-checksums'], { signal, timeoutMs: 300_000 })
  await rm(unfinished(host))
  return { major, running: false }
}

async function newestServer(): Promise<number> {
  const folders = await readdir('/usr/lib/postgresql').catch(() => [])
  const majors = folders.map(Number).filter((major) => major >= oldestMajor)
  if (majors.length > 0) return Math.max(...majors)
  throw new BookstoreError(`No PostgreSQL of version ${oldestMajor} or newer is installed on this machine.`, {
    code: 'postgres-missing',
    fault: 'user',
    hint: 'Install it (apt-get install postgresql), then run: bookstore up',
  })
}

/** What a killed `pg_createcluster` left. Nobody was ever told that it is there. */
async function dropUnfinished(host: Host): Promise<void> {
  const major = Number(await readFile(unfinished(host), 'utf8').catch(() => Number.NaN))
  if (!(major > 0)) return
  await host.run(['pg_dropcluster', '--stop', String(major), clusterName], { accept: [0, 1, 2] })
  await Promise.all(
    [configurationOf({ major }), `/var/lib/postgresql/${major}/${clusterName}`].map((folder) =>
      rm(folder, { recursive: true, force: true }),
    ),
  )
}

/** Its data too. */
export async function dropCluster(host: Host, { major }: Cluster): Promise<void> {
  await host.run(['pg_dropcluster', '--stop', String(major), clusterName])
  // It leaves a folder in which there is a file of ours.
  await rm(configurationOf({ major }), { recursive: true, force: true })
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
