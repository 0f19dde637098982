import type { Client } from 'pg'
import type { Address, Context } from '../engine/resource.ts'
import { describeSystemError } from '../engine/system-error.ts'
import type { Manifest } from './manifest.ts'
import { fillFrom } from './restore/fill.ts'
import { otherCurrency, otherServices } from './restore/mismatch.ts'
import { migrate, requireKnown } from './restore/schema.ts'
import { createStaging, dropLeftovers, exchange, ownStaging } from './restore/staging.ts'
import type { RestoreTarget } from './restore/target.ts'
import { connect, withClient } from './source/access.ts'
import { verifyBackup } from './verify.ts'

/**
 * Restores a backup on a running shop, whatever its PostgreSQL (14 to 18).
 *
 * First the whole file is verified. Then databases beside the real ones are made, migrated to the backup's level,
 * filled, and migrated on, while the shop still serves. Only then the shop stops, all databases change places in one
 * transaction, and it starts again. So a restore that fails or is killed leaves either all of the old or all of the
 * new; run again, it throws away what was half done and finishes.
 *
 * @param agree Called when the backup is known to be whole and to fit; a rejection ends it, and nothing was changed.
 * @throws BookstoreError 'backup-damaged', 'backup-too-new', 'backup-mismatch', 'backup-currency', 'backup-missing', 'restore-running'.
 */
export async function restore(
  path: string,
  target: RestoreTarget,
  ctx: Context,
  agree: (manifest: Manifest) => Promise<void> = async () => {},
): Promise<Manifest> {
  const manifest = await step(ctx, 'verify', 'verify the backup', () => verifyBackup(path, ctx.signal))
  await requireFit(manifest, target)
  await agree(manifest)
  const names = Object.values(target.databases).map(({ database }) => database)
  await withClient(target.admin, ctx.signal, async (admin) => {
    await ownStaging(admin, names)
    await dropLeftovers(admin, names)
    await step(ctx, 'fill', 'fill new databases', () => fillStaging(path, manifest, target, admin, ctx.signal))
    await step(ctx, 'exchange', 'exchange the databases', () => exchangeAll(target, names, ctx))
    await step(ctx, 'tidy', 'remove the old databases', () => dropLeftovers(admin, names))
  })
  await step(ctx, 'reconcile', 'reconcile the services', () => target.reconcile(ctx))
  return manifest
}

/**
 * Proves that a backup can be restored: all of it, into databases beside the real ones, which are dropped again. The
 * shop serves on, and nothing of it is touched.
 *
 * @param target Of which `covers` is a scratch folder.
 * @throws Like `restore`.
 */
export async function rehearse(path: string, target: RestoreTarget, ctx: Context): Promise<Manifest> {
  const manifest = await step(ctx, 'verify', 'verify the backup', () => verifyBackup(path, ctx.signal))
  await requireFit(manifest, target)
  const names = Object.values(target.databases).map(({ database }) => database)
  await withClient(target.admin, ctx.signal, async (admin) => {
    await ownStaging(admin, names)
    await dropLeftovers(admin, names)
    try {
      await step(ctx, 'rehearse', 'restore it beside the shop', () =>
        fillStaging(path, manifest, target, admin, ctx.signal),
      )
    } finally {
      await dropLeftovers(admin, names)
    }
  })
  return manifest
}

async function requireFit({ shop, services }: Manifest, target: RestoreTarget): Promise<void> {
  if (shop.currency !== target.shop.currency) throw otherCurrency(shop.currency, target.shop.currency)
  const missing = Object.keys(target.databases).filter((service) => !services[service])
  if (missing.length > 0) throw otherServices(missing)
  for (const service of Object.keys(target.databases)) {
    await requireKnown(service, services[service]?.migrations ?? [], target.migrations(service))
  }
}

async function fillStaging(
  path: string,
  manifest: Manifest,
  target: RestoreTarget,
  admin: Client,
  signal: AbortSignal,
): Promise<void> {
  const clients = new Map<string, Client>()
  const cut = () => void Promise.all([...clients.values()].map((client) => client.end()))
  signal.addEventListener('abort', cut, { once: true })
  try {
    for (const [service, access] of Object.entries(target.databases)) {
      const client = await connect({ ...access, database: await createStaging(admin, access) }, signal)
      clients.set(service, client)
      await migrate(client, target.migrations(service), manifest.services[service]?.migrations ?? [])
    }
    await fillFrom(path, manifest, clients, target.covers, signal)
    for (const [service, client] of clients) {
      await migrate(client, target.migrations(service))
      await client.query('analyze')
    }
  } finally {
    signal.removeEventListener('abort', cut)
    await Promise.all([...clients.values()].map((client) => client.end().catch(() => {})))
  }
}

/** From the stop on an interruption has to wait: the shop must serve again, on the old data or the new. */
async function exchangeAll(target: RestoreTarget, names: readonly string[], ctx: Context): Promise<void> {
  ctx.signal.throwIfAborted()
  const unstoppable = quietly(ctx)
  try {
    await target.stopWrites(unstoppable)
    await withClient(target.admin, unstoppable.signal, (admin) => exchange(admin, names))
  } catch (error) {
    // What went wrong first is what is worth telling.
    await target.startWrites(unstoppable).catch(() => {})
    throw error
  }
  await target.startWrites(unstoppable)
}

/** The processes that start again are not steps of their own: what they wait for is progress of the exchange. */
function quietly(ctx: Context): Context {
  const emit: Context['emit'] = (event) =>
    ctx.emit(event.type === 'step-progress' ? { ...event, address: 'shop.restore/exchange' } : event)
  return { ...ctx, emit, signal: new AbortController().signal }
}

async function step<T>(ctx: Context, name: string, label: string, work: () => Promise<T>): Promise<T> {
  const address: Address = `shop.restore/${name}`
  const shown = { address, label, action: 'create' } as const
  const started = ctx.clock.now().getTime()
  const elapsed = () => ctx.clock.now().getTime() - started
  ctx.emit({ type: 'step-started', ...shown })
  try {
    const result = await work()
    ctx.emit({ type: 'step-finished', ...shown, durationMs: elapsed() })
    return result
  } catch (error) {
    ctx.signal.throwIfAborted()
    const { code, message } = describeSystemError(error, label)
    ctx.emit({ type: 'step-failed', ...shown, code, message, durationMs: elapsed() })
    throw error
  }
}
