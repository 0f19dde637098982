import { allOf } from '../../../engine/all-of.ts'
import { BookstoreError } from '../../../engine/errors.ts'
import type { Address, Clock, Context } from '../../../engine/resource.ts'
import type { Host } from '../../host.ts'
import type { Slot } from '../../layout.ts'
import { prepareContainers } from '../containers/prepare.ts'
import { processesOf, processName } from '../units.ts'
import { askEdge } from './edge.ts'
import { switchFailed, told } from './failures.ts'
import { remember } from './history.ts'
import { maintenanceIsOn } from './maintenance.ts'
import { forgetPages, migrateAll, openSlot, requireRelease, runCommand, smokeSlot, startSlot } from './phases.ts'
import { enableProcesses, isUp, knownProcesses, stopProcesses } from './processes.ts'
import { type Say, sayTo } from './say.ts'
import type { ShopSettings } from './settings.ts'
import { settle, wake } from './settle.ts'
import { activeSlot, otherSlot, prepareSlot, switchTo } from './slot.ts'

export interface ActivateOptions {
  /** Who wants it: 'ana@laptop'. */
  by: string
  /** Whose progress it is. */
  address: Address
}

/**
 * Lets a release serve, with these settings: in the slot that does not serve now, and then instead of the one that does.
 * No request is lost. Whatever fails before the switch leaves what serves untouched; what fails just after it is taken
 * back. Killed at any instant, it is finished by the next run.
 *
 * The caller holds the machine's lock.
 *
 * @throws BookstoreError 'release-missing', 'migration-failed', 'seed-failed', 'release-crashed', 'release-not-ready',
 * 'smoke-failed', 'switch-failed', 'nginx-config', 'nginx-reload'; or the signal's reason.
 */
export async function activate(host: Host, wanted: ShopSettings, options: ActivateOptions, ctx: Context) {
  await requireRelease(wanted)
  const before = await activeSlot()
  const slot = before ? otherSlot(before.slot) : 'blue'
  const record = { release: wanted.release, slot, by: options.by }
  const now = () => ctx.clock.now().toISOString()
  try {
    await tryOut(host, slot, wanted, { first: !before, say: sayTo(options.address, ctx) }, ctx)
    await takeOver(host, slot, before?.slot, wanted, ctx)
  } catch (error) {
    await clear(host, slot)
    if (ctx.signal.aborted) throw ctx.signal.reason
    const { code, message } = error instanceof BookstoreError ? error : { code: 'unexpected', message: String(error) }
    await remember(host, { ...record, at: now(), result: 'failed', code, message })
    throw error instanceof BookstoreError ? told(error, before?.settings.release) : error
  }
  await remember(host, { ...record, at: now(), result: 'served' })
  await settle(host, { slot, settings: wanted }, sayTo(options.address, ctx), ctx)
}

/** Everything that can be found out about a release while another one serves. */
async function tryOut(
  host: Host,
  slot: Slot,
  wanted: ShopSettings,
  { first, say }: { first: boolean; say: Say },
  ctx: Context,
): Promise<void> {
  say(`preparing the slot ${slot}`)
  await clear(host, slot)
  await prepareSlot({ slot, settings: wanted })
  if (wanted.runtime === 'docker') await prepareContainers(host, slot, wanted, say, ctx)
  await openSlot(host, slot, wanted, ctx)
  say('bringing the databases up to date')
  await migrateAll(host, slot, ctx)
  say('waiting for its processes to be ready')
  const seed = first ? [runCommand(host, slot, 'catalog', 'seed', ctx)] : []
  await allOf([...seed, startSlot(host, slot, wanted, ctx)])
  say('looking at its pages and calls')
  await smokeSlot(slot, wanted, ctx)
}

/** What a failed or killed attempt left in a slot that does not serve. */
async function clear(host: Host, slot: Slot): Promise<void> {
  const known = (await knownProcesses(host)).filter((process) => process.slot === slot)
  await enableProcesses(
    host,
    known.filter(({ enabled }) => enabled),
    false,
  )
  await stopProcesses(host, known.filter(isUp))
}

/**
 * The switch. From its first line to its last both slots run and start at boot, so that a machine that loses its power
 * in between serves with either.
 */
async function takeOver(host: Host, slot: Slot, before: Slot | undefined, wanted: ShopSettings, ctx: Context) {
  await enableProcesses(host, processesOf(slot, wanted.instances, wanted.runtime), true)
  await forgetPages()
  ctx.signal.throwIfAborted()
  await switchTo(slot)
  const wrong = await whatIsWrong(slot, wanted, ctx.clock)
  if (wrong === undefined) return
  await switchTo(before)
  throw switchFailed(wrong)
}

/** Once shoppers are there an interruption waits: the way back is as long as the way on. */
async function whatIsWrong(slot: Slot, wanted: ShopSettings, clock: Clock): Promise<string | undefined> {
  const wrong = (await maintenanceIsOn()) ? undefined : await askEdge(wanted, clock)
  if (wrong !== undefined) return wrong
  const asleep = await wake(processesOf(slot, wanted.instances, wanted.runtime))
  return asleep.length === 0 ? undefined : `the workers of ${asleep.map(processName).join(', ')} did not wake`
}
