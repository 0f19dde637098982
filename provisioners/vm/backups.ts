import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, rename, rm } from 'node:fs/promises'
import type { Manifest as BackupManifest } from '../backups/manifest.ts'
import { verifyBackup } from '../backups/verify.ts'
import { allOf } from '../engine/all-of.ts'
import { BookstoreError } from '../engine/errors.ts'
import { siblingOf } from '../engine/files.ts'
import type { Context } from '../engine/resource.ts'
import { machine } from '../host/layout.ts'
import type { Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import { type ServingMachine, withServingMachines } from './machines.ts'

const shopOf = ({ name, domain, currency }: Site) => ({ name, domain, currency })

/** Has the machine with the shop write a backup, checks it there, and copies it to `file` (0600). */
export async function backupSite(site: Site, operator: Operator, file: string, ctx: Context): Promise<BackupManifest> {
  return withWeb(site, operator, ctx, async ({ agent, connection }) => {
    const made = await agent.call<{ file: string }>('backup', { input: { shop: shopOf(site), rehearse: false } }, ctx)
    const sibling = siblingOf(file)
    try {
      const output = createWriteStream(sibling, { mode: 0o600 })
      await connection.run(['cat', made.file], { output, signal: ctx.signal })
      const manifest = await verifyBackup(sibling, ctx.signal)
      await chmod(sibling, 0o600)
      await rename(sibling, file)
      return manifest
    } finally {
      await rm(sibling, { force: true })
      await connection.run(['rm', '-f', made.file], { timeoutMs: 20_000 }).catch(() => {})
    }
  })
}

/**
 * Restores a backup of the operator's on the machine with the shop: verified here, sent, verified there, and put in
 * the place of what there was.
 */
export async function restoreSite(
  site: Site,
  operator: Operator,
  file: string,
  ctx: Context,
  agree: (manifest: BackupManifest) => Promise<void>,
): Promise<BackupManifest> {
  const manifest = await verifyBackup(file, ctx.signal)
  await agree(manifest)
  return withWeb(site, operator, ctx, async ({ agent, connection }, others) => {
    const incoming = `${machine.backups}/incoming-${ctx.clock.now().getTime()}.tar.gz`
    const script = 'umask 077 && mkdir -p "$(dirname "$1")" && cat >"$1"'
    try {
      await connection.run(['sh', '-c', script, 'bookstore', incoming], {
        input: createReadStream(file),
        signal: ctx.signal,
      })
      await withoutWrites(others, ctx, () =>
        agent.call('restore', { input: { file: incoming, shop: shopOf(site) } }, ctx),
      )
      return manifest
    } finally {
      await connection.run(['rm', '-f', incoming], { timeoutMs: 20_000 }).catch(() => {})
    }
  })
}

/** What the others remember would be of the data of before: they begin anew, whatever came of it. */
async function withoutWrites<T>(others: readonly ServingMachine[], ctx: Context, work: () => Promise<T>): Promise<T> {
  const set = (on: boolean, by: Context) =>
    allOf(others.map(({ agent }) => agent.call('writes', { input: { on } }, by)))
  try {
    await set(false, ctx)
    return await work()
  } finally {
    await set(true, { ...ctx, signal: AbortSignal.timeout(300_000) })
  }
}

/** A web machine, and the others: it has covers and migrations, and reaches the databases wherever they are. */
async function withWeb<T>(
  site: Site,
  operator: Operator,
  ctx: Context,
  work: (machine: ServingMachine, others: readonly ServingMachine[]) => Promise<T>,
): Promise<T> {
  const first = async ([found, ...others]: readonly ServingMachine[]) => {
    if (found) return work(found, others)
    throw new BookstoreError('No machine of this site has the role web.', { code: 'no-machine', fault: 'user' })
  }
  return withServingMachines(site, operator, ctx, first, 'web')
}
