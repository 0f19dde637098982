import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { LocalSite } from '../../local/local-site.ts'
import { at } from '../../local/resources/addresses.ts'
import { lastLines, runProgram } from '../../local/run-program.ts'
import { runUntilReady } from '../../local/run-until-ready.ts'
import { serviceSpec } from '../../local/service-spec.ts'
import { serviceEnvironment } from '../../local/service-verb.ts'
import { demand } from '../../local/supervisor/client.ts'
import type { DatabaseName } from '../../shop/secrets.ts'
import { instanceNames, services } from '../../shop/services.ts'
import type { RestoreTarget } from '../restore/target.ts'
import { adminAccess, databaseAccesses } from './source.ts'

/** Those that hold connections to a database. Gateway and pages stay, and say meanwhile that the shop is not available. */
const owners = services.filter(({ database }) => database)

/** The running site of this computer, as `db restore` fills it. The caller holds its lease. */
export async function localTarget(local: LocalSite): Promise<RestoreTarget> {
  const { site, layout, programs } = local
  return {
    shop: { currency: site.currency },
    databases: await databaseAccesses(local),
    admin: await adminAccess(local),
    covers: layout.covers,
    migrations: (service) => programs.migrations(service as DatabaseName),
    stopWrites: (ctx) => stopOwners(local, ctx),
    startWrites: (ctx) => startOwners(local, ctx),
    reconcile: (ctx) => reconcile(local, ctx),
  }
}

async function stopOwners(local: LocalSite, ctx: Context): Promise<void> {
  local.changed('processes')
  const running = (await local.status())?.processes.map(({ name }) => name) ?? []
  const theirs = running.filter((name) => owners.some((kind) => name.replace(/-\d+$/, '') === kind.name))
  await Promise.all(theirs.map((name) => demand(local.layout.supervisorSocket, { do: 'remove', name }, ctx.signal)))
  local.changed('processes')
}

async function startOwners(local: LocalSite, ctx: Context): Promise<void> {
  const starts = owners.flatMap((kind) =>
    instanceNames(kind.name, local.instances).map(async (name) => {
      await runUntilReady(local, await serviceSpec(local, kind, name), at.process(name), ctx)
    }),
  )
  await Promise.all(starts)
}

async function reconcile(local: LocalSite, ctx: Context): Promise<void> {
  const { programs, layout } = local
  const { code, output } = await runProgram([programs.node, programs.service('sales'), 'reconcile'], {
    env: serviceEnvironment(local, 'sales', 'sales-reconcile'),
    cwd: layout.run,
    signal: ctx.signal,
  })
  if (code === 0) return
  throw new BookstoreError(
    `The backup is restored, but sales could not be reconciled with catalog and payments: ${lastLines(output)}`,
    {
      code: 'reconcile-failed',
      fault: 'bug',
      hint: 'Orders that were under way may be unfinished. Restoring the same backup again is safe.',
    },
  )
}
