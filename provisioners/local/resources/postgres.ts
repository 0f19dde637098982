import { changeOf, define, differs, nothing } from '../../engine/define.ts'
import type { Context, Resource } from '../../engine/resource.ts'
import type { DatabaseName } from '../../shop/secrets.ts'
import type { LocalSite } from '../local-site.ts'
import { clusterMajor, createCluster } from '../postgres/cluster.ts'
import { ensureDatabase } from '../postgres/database.ts'
import type { DatabaseFacts } from '../postgres/facts.ts'
import { preparedPostgres } from '../postgres/prepare.ts'
import { migrationNames } from '../programs.ts'
import { runService } from '../service-verb.ts'
import { at } from './addresses.ts'

/** The data folder. It is never made again while a finished one is there. */
export function cluster(local: LocalSite): Resource {
  const { layout } = local
  return define<undefined, { major: number; detail: string }>({
    address: at.cluster,
    label: 'PostgreSQL data',
    dependsOn: [at.secrets],
    desired: () => undefined,
    async read() {
      // Asked in any case: where no PostgreSQL can run, nothing should be begun.
      const [major, { server }] = await Promise.all([clusterMajor(layout.cluster), local.postgres()])
      return major === undefined ? undefined : { major, detail: `${server.kind} ${server.version}` }
    },
    diff: () => nothing,
    async ensure(_desired, _found, ctx) {
      const installation = await preparedPostgres(local)
      await createCluster(layout.cluster, installation, await local.secret('postgres-admin'), ctx.signal)
      return { major: installation.server.major, detail: `${installation.server.kind} ${installation.server.version}` }
    },
    detail: (state) => state.detail,
  })
}

/** A role and a database of its own for one service. */
export function database(local: LocalSite, name: DatabaseName): Resource {
  const { layout } = local
  return define<{ open: boolean }, DatabaseFacts>({
    address: at.database(name),
    label: `${name} database`,
    dependsOn: [at.postgres, at.secrets],
    desired: () => ({ open: false }),
    read: () => local.facts(name),
    diff: ({ open }, found) => changeOf(differs('open to other roles', found.open, open)),
    async ensure() {
      const [admin, password] = await Promise.all([local.secret('postgres-admin'), local.secret(`database-${name}`)])
      const superuser = { socket: layout.databaseSocket, user: 'bookstore', password: admin }
      await ensureDatabase(superuser, name, password)
      local.changed(name)
      return { open: false, migrations: [], seeds: [] }
    },
  })
}

/** The schema of one service, brought to what this build wants. Newer migrations than ours are left alone. */
export function migrations(local: LocalSite, name: DatabaseName): Resource {
  return define<readonly string[], readonly string[]>({
    address: at.migrations(name),
    label: `${name} schema`,
    dependsOn: [at.database(name), at.credentials],
    desired: () => migrationNames(local.programs.migrations(name)),
    async read() {
      const applied = (await local.facts(name))?.migrations
      return applied?.length ? applied : undefined
    },
    diff: (wanted, applied) => changeOf(...wanted.filter((each) => !applied.includes(each)).map(isNew)),
    async ensure(wanted, _applied, ctx) {
      await runService(local, name, 'migrate', ctx)
      local.changed(name)
      return wanted
    },
    detail: ({ length }) => (length === 1 ? 'one migration' : `${length} migrations`),
  })
}

const isNew = (migration: string) => ({ field: 'migration', from: undefined, to: migration })

/** The first books, put on the shelves once. What the sellers do with them afterwards is theirs. */
export function seed(local: LocalSite): Resource {
  return define<undefined, readonly string[]>({
    address: at.seed,
    label: 'first books',
    dependsOn: [at.migrations('catalog')],
    desired: () => undefined,
    async read() {
      const seeds = (await local.facts('catalog'))?.seeds
      return seeds?.length ? seeds : undefined
    },
    diff: () => nothing,
    ensure: (_desired, _found, ctx) => sow(local, ctx),
  })
}

async function sow(local: LocalSite, ctx: Context): Promise<readonly string[]> {
  await runService(local, 'catalog', 'seed', ctx)
  local.changed('catalog')
  return (await local.facts('catalog'))?.seeds ?? []
}
