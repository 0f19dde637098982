import { join } from 'node:path'
import type { RestoreTarget } from '../../backups/restore/target.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import { services } from '../../shop/services.ts'
import type { Host } from '../host.ts'
import { machine } from '../layout.ts'
import { runCommand, startSlot } from '../site/shop/phases.ts'
import { isUp, knownProcesses, stopProcesses } from '../site/shop/processes.ts'
import { activeSlot, type PreparedSlot } from '../site/shop/slot.ts'
import { adminAccess, type ShopName, serviceAccess } from './access.ts'

/** Those that hold connections to a database. Gateway and pages stay, and say meanwhile that the shop is not available. */
const owners = services.filter(({ database }) => database).map(({ name }) => name)

/**
 * The shop of this machine, as a restore fills it. The caller holds the machine's lock.
 * @throws BookstoreError 'nothing-serves' before the first activation.
 */
export async function machineTarget(host: Host, { currency }: Pick<ShopName, 'currency'>): Promise<RestoreTarget> {
  const active = await activeSlot()
  if (!active) throw nothingServes()
  return {
    shop: { currency },
    databases: await serviceAccess(host, active.settings.database),
    admin: await adminAccess(host, active.settings.database),
    covers: machine.covers,
    migrations: (service) => join(machine.releases, active.settings.release, 'migrations', service),
    stopWrites: () => stopOwners(host),
    startWrites: (ctx) => startSlot(host, active.slot, active.settings, ctx),
    reconcile: (ctx) => reconcile(host, active, ctx),
  }
}

/** Starts those of the slot that serves, and waits until they are ready. */
export async function startOwners(host: Host, ctx: Context): Promise<void> {
  const active = await activeSlot()
  if (active) await startSlot(host, active.slot, active.settings, ctx)
}

/** Of both slots: one that drains may still write. */
export async function stopOwners(host: Host): Promise<void> {
  const up = (await knownProcesses(host)).filter(isUp)
  await stopProcesses(
    host,
    up.filter(({ service }) => owners.includes(service)),
  )
}

async function reconcile(host: Host, { slot }: PreparedSlot, ctx: Context): Promise<void> {
  await runCommand(host, slot, 'sales', 'reconcile', ctx)
}

function nothingServes(): BookstoreError {
  return new BookstoreError('No release has ever served on this machine, so there is nothing to restore into.', {
    code: 'nothing-serves',
    fault: 'user',
    hint: 'Run bookstore up first, then restore.',
  })
}
