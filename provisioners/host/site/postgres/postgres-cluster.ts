import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { briefly, changeOf, define, differs, freely } from '../../../engine/define.ts'
import { BookstoreError } from '../../../engine/errors.ts'
import type { Context } from '../../../engine/resource.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { type FileSpec, plainFile, writeFileSpec } from '../../parts/file.ts'
import { askCluster, nameOfRunning } from './administer.ts'
import { serverFiles } from './certificate-files.ts'
import { type Cluster, clusterUnit, configurationOf, createCluster, dropCluster, findCluster } from './cluster.ts'
import { accessText, identityText, settingsText, unitText } from './configuration.ts'
import { databaseNetwork, requireOwn } from './network.ts'

const schema = z.strictObject({
  /** That the shop's processes open at most, both slots together: `connectionsOf` (site/pools.ts) says how many. */
  connections: z.int().min(1).max(5000),
  /** Where it listens for other machines. Wants `postgres-certificate` first. */
  network: databaseNetwork.optional(),
  /** What becomes of the data when the item is taken away: 'drop' is said by `down` alone, after a last backup. */
  onRemoval: z.enum(['keep', 'drop']).default('keep'),
})

type Spec = z.output<typeof schema>

interface Desired {
  files: (cluster: Cluster) => readonly FileSpec[]
  revision: string
}

interface State extends Cluster {
  /** Of the configuration that the server runs with; empty when it cannot be asked. */
  loaded: string
  /** Of its files. */
  written: string
}

/**
 * A PostgreSQL cluster of our own, made with the newest installed version, 14 at least; one that is there is adopted,
 * whatever its version. It listens on a Unix socket that only the shop's processes and root can reach, and for other
 * machines, where there are any, on one address with TLS.
 *
 * Wants first: packages `postgresql` and its kin, the user `bookstore`, `run-folders`, the slice.
 */
export const postgresCluster = itemKind<Spec>({ kind: 'postgres-cluster', schema, resource })

function resource(base: ItemBase, spec: Spec, host: Host) {
  const desired = () => wanted(host, spec)
  return define<Desired, State>({
    ...base,
    desired,
    read: async () => {
      const cluster = await findCluster(host)
      return cluster && stateOf(cluster, await desired())
    },
    diff: ({ revision }, actual) =>
      changeOf(
        differs('running', actual.running, true),
        differs('configuration', actual.written, revision),
        actual.running && differs('configuration in use', actual.loaded, revision),
      ),
    async ensure(files, actual, ctx) {
      if (spec.network) requireOwn(spec.network.address)
      return bringAbout(host, files, actual ?? (await createCluster(host, ctx.signal)), ctx)
    },
    async remove(actual) {
      const unit = clusterUnit(actual)
      await host.run(['systemctl', 'disable', '--now', unit])
      if (spec.onRemoval === 'drop') await dropCluster(host, actual)
      await rm(`/etc/systemd/system/${unit}.d`, { recursive: true, force: true })
      await host.reloadUnits()
    },
    detail: ({ major }) => `PostgreSQL ${major}`,
    cost: (action) =>
      action === 'delete'
        ? { ...briefly, dataAtRisk: spec.onRemoval === 'drop' }
        : action === 'create'
          ? freely
          : briefly,
  })
}

/** The revision stands in the server's own name, which changes with a restart only: it says what is in use. */
async function wanted({ facts }: Host, { connections, network }: Spec): Promise<Desired> {
  const settings = settingsText({ memoryMb: facts.memoryMb, connections, network })
  const [access, unit] = [accessText(network), unitText(network)]
  // Read with the server's start: another certificate is another revision.
  const shown = network ? [await textAt(serverFiles.certificate)] : []
  const digest = createHash('sha256')
    .update([settings, access, identityText, unit, ...shown].join('\0'))
    .digest('hex')
  const revision = `bookstore ${digest.slice(0, 12)}`
  const files = (cluster: Cluster): FileSpec[] => {
    const folder = configurationOf(cluster)
    const own = (name: string, content: string) => ({ ...postgresFile, path: join(folder, name), content })
    return [
      own('pg_hba.conf', access),
      own('pg_ident.conf', identityText),
      { ...plainFile, path: `/etc/systemd/system/${clusterUnit(cluster)}.d/bookstore.conf`, content: unit },
      own('conf.d/bookstore.conf', `${settings}cluster_name = '${revision}'\n`),
    ]
  }
  return { files, revision }
}

const postgresFile = { owner: 'postgres', group: 'postgres', mode: '0640' }

async function stateOf(cluster: Cluster, { files, revision }: Desired): Promise<State> {
  const good = await Promise.all(files(cluster).map(async ({ path, content }) => content === (await textAt(path))))
  const loaded = cluster.running ? await askCluster(nameOfRunning) : undefined
  return { ...cluster, loaded: loaded ?? '', written: good.every(Boolean) ? revision : 'another one' }
}

const textAt = (path: string) => readFile(path, 'utf8').catch(() => undefined)

async function bringAbout(host: Host, { files, revision }: Desired, cluster: Cluster, ctx: Context): Promise<State> {
  for (const file of files(cluster)) {
    await mkdir(dirname(file.path), { recursive: true })
    await writeFileSpec(file)
  }
  const unit = clusterUnit(cluster)
  await host.reloadUnits()
  await host.run(['systemctl', 'enable', '--quiet', unit])
  await host.run(['systemctl', 'restart', unit], { signal: ctx.signal, timeoutMs: 300_000 })
  await accepting(revision, unit, ctx)
  return { ...cluster, running: true, loaded: revision, written: revision }
}

/** Recovery after a crash takes as long as it takes; somebody who waits wants to hear of it. */
const patienceMs = 120_000

async function accepting(revision: string, unit: string, { clock, signal }: Context): Promise<void> {
  const deadline = clock.now().getTime() + patienceMs
  while ((await askCluster(nameOfRunning)) !== revision) {
    if (clock.now().getTime() > deadline) throw silent(unit)
    await clock.sleep(200, signal)
  }
}

function silent(unit: string): BookstoreError {
  return new BookstoreError(`PostgreSQL was started and accepts no sessions after ${patienceMs / 1000} s.`, {
    code: 'postgres-silent',
    fault: 'remote',
    hint: `See on the machine: journalctl -u ${unit}, and the newest file in /var/log/postgresql.`,
  })
}
