import { existsSync } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { allOf } from '../../../engine/all-of.ts'
import type { Context } from '../../../engine/resource.ts'
import { loadedRevision } from '../../../local/nginx/revision.ts'
import { type ServiceName, services } from '../../../shop/services.ts'
import { smokeProcesses } from '../../../smoke/processes.ts'
import type { Host } from '../../host.ts'
import { machine, type Slot, slotSocket, slots } from '../../layout.ts'
import { runInContainer } from '../containers/command.ts'
import { replaceTested } from '../nginx/files.ts'
import { installedNginx, reloadNginx } from '../nginx/process.ts'
import { slotConfigFile, slotNginxConfig, slotStatusSocket } from '../nginx/settings.ts'
import { commandUnitName, processesOf } from '../units.ts'
import { commandMs, type ShopCommand } from './commands.ts'
import { commandFailed, crashed, notReady, releaseMissing, smokeFailed } from './failures.ts'
import { lastWords, unitMatches } from './log-tail.ts'
import { readinessOf, readProcesses, startProcesses } from './processes.ts'
import type { ShopSettings } from './settings.ts'
import { preparedSlot } from './slot.ts'

/** @throws BookstoreError 'release-missing'. */
export async function requireRelease({ release }: ShopSettings): Promise<void> {
  const found = await lstat(join(machine.releases, release, 'bin/node')).catch(() => undefined)
  if (!found) throw releaseMissing(release)
}

/**
 * Gives a slot its sockets in NGINX. That takes a reload, which costs connections, so it is done only where they are others
 * than before, and for the other slot with the first of them.
 */
export async function openSlot(host: Host, slot: Slot, { instances }: ShopSettings, ctx: Context): Promise<void> {
  const server = await installedNginx()
  for (const each of slots) {
    if (each !== slot && existsSync(slotConfigFile(each))) continue
    const { text } = slotNginxConfig(each, instances)
    await replaceTested(host, server, { path: slotConfigFile(each), text }, ctx.signal)
  }
  const { revision } = slotNginxConfig(slot, instances)
  const socket = slotStatusSocket(slot)
  if ((await loadedRevision(socket)) !== revision) await reloadNginx(host, socket, revision, ctx)
}

/** Runs a command of one service, as its first process of the slot. @throws 'migration-failed', 'seed-failed'. */
export async function runCommand(
  host: Host,
  slot: Slot,
  service: ServiceName,
  command: ShopCommand,
  { signal }: Context,
): Promise<void> {
  const prepared = await preparedSlot(slot)
  if (prepared?.settings.runtime === 'docker') return runInContainer(host, prepared, service, command, signal)
  const process = { service, slot, number: 1 }
  const unit = commandUnitName(process, command)
  const { code } = await host.run(['systemctl', 'start', '--', unit], { accept: [0, 1], timeoutMs: commandMs, signal })
  if (code === 0) return
  const error = commandFailed(service, command, await lastWords(host, unitMatches(unit)))
  await host.run(['systemctl', 'reset-failed', '--', unit], { accept: [0, 1] })
  throw error
}

/**
 * Brings the schemas to what the release wants, all of them at once. Old code runs on the new schema.
 * @throws BookstoreError 'migration-failed' when all have ended.
 */
export async function migrateAll(host: Host, slot: Slot, ctx: Context): Promise<void> {
  const owners = services.filter(({ database }) => database)
  await allOf(owners.map(({ name }) => runCommand(host, slot, name, 'migrate', ctx)))
}

/** Twice: one may have met a database that was just busy. */
const mostRestarts = 2

/**
 * Starts all processes of a slot and waits until each says that it is ready.
 * @throws BookstoreError 'release-crashed', 'release-not-ready', with the last lines of the log.
 */
export async function startSlot(host: Host, slot: Slot, settings: ShopSettings, ctx: Context): Promise<void> {
  const processes = processesOf(slot, settings.instances, settings.runtime)
  await startProcesses(host, processes)
  const deadline = ctx.clock.now().getTime() + settings.readySeconds * 1000
  for (;;) {
    const states = await readProcesses(host, processes)
    const late = states.filter(({ active }) => active !== 'active')
    if (late.length === 0) return
    const broken = late.find(({ active, restarts }) => active === 'failed' || restarts >= mostRestarts)
    if (broken) throw await crashed(host, broken)
    if (ctx.clock.now().getTime() > deadline) {
      throw await notReady(host, late, settings.readySeconds, late[0] && (await readinessOf(late[0])))
    }
    await ctx.clock.sleep(250, ctx.signal)
  }
}

/** Reads through the new processes what shoppers will, before any shopper does. @throws 'smoke-failed'. */
export async function smokeSlot(slot: Slot, { url, shop }: ShopSettings, ctx: Context): Promise<void> {
  const sockets = { web: slotSocket(slot, 'web-1'), gateway: slotSocket(slot, 'gateway-1') }
  const checks = await smokeProcesses({ url, languages: shop.languages, sockets }, { ...ctx, emit: () => {} })
  const failed = checks.filter(({ ok, skipped }) => !ok && !skipped)
  if (failed.length > 0) throw smokeFailed(failed)
}

/** Pages of the release that ran in this slot before are not the new one's; nobody misses the others. */
export async function forgetPages(): Promise<void> {
  const folder = join(machine.nginxCache, 'pages')
  const names = await readdir(folder).catch(() => [])
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })))
}
