import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import packageJson from '../../../package.json' with { type: 'json' }
import { rehearse, backup as writeBackup } from '../../backups/index.ts'
import { machineSource } from '../backups/access.ts'
import { backupName, expired } from '../backups/policy.ts'
import { machineTarget } from '../backups/target.ts'
import { cloudPlace } from '../cloud/place.ts'
import { publishBackup } from '../cloud/publish-backup.ts'
import { machine } from '../layout.ts'
import { verb } from './verb.ts'

export const shopName = z.strictObject({ name: z.string(), domain: z.string(), currency: z.string() })

const input = z.strictObject({
  shop: shopName,
  /** Proves by a restore beside the shop that the backup can be restored. */
  rehearse: z.boolean(),
  /** Which older ones stay; without it all of them. */
  keep: z.strictObject({ days: z.int().min(1), weeks: z.int().min(0) }).optional(),
  /** Where it goes besides. */
  publish: cloudPlace.optional(),
})

/**
 * `{shop, rehearse, keep?, publish?}` -> `{file, removed, published?}`: a new file below /var/lib/bookstore/backups (root, 0600),
 * and a copy of it in the stack's bucket. Fails with 'backup-not-published' where only the copy is missing.
 */
export const backup = verb({
  name: 'backup',
  changes: true,
  input,
  async perform({ shop, rehearse: rehearsed, keep, publish }, { host, environment }, ctx) {
    await mkdir(machine.backups, { recursive: true, mode: 0o700 })
    const file = join(machine.backups, backupName(ctx.clock.now()))
    await writeBackup(await machineSource(host, shop, packageJson.version), file, ctx)
    if (rehearsed) await prove(file)
    const removed = keep ? expired(await readdir(machine.backups), keep) : []
    for (const each of removed) await rm(join(machine.backups, each))
    // Last, so that a bucket that cannot be reached neither fills the disk nor costs a backup.
    const published = publish && (await publishBackup(file, publish, { host, environment }, ctx))
    return { file, removed, ...(published ? { published } : {}) }

    async function prove(made: string): Promise<void> {
      const covers = await mkdtemp(join(machine.backups, 'rehearsal-'))
      try {
        await rehearse(made, { ...(await machineTarget(host, shop)), covers }, ctx)
      } finally {
        await rm(covers, { recursive: true, force: true })
      }
    }
  },
})
