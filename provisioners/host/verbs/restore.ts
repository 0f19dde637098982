import { z } from 'zod'
import { restore as restoreBackup } from '../../backups/index.ts'
import { machineTarget } from '../backups/target.ts'
import { shopName } from './backup.ts'
import { verb } from './verb.ts'

const input = z.strictObject({
  /** On this machine. */
  file: z.string().startsWith('/'),
  shop: shopName,
})

/** `{file, shop}` -> `{}`: puts a backup in the place of all data; the shop is closed only while databases change places. */
export const restore = verb({
  name: 'restore',
  changes: true,
  input,
  async perform({ file, shop }, { host }, ctx) {
    await restoreBackup(file, await machineTarget(host, shop), ctx)
    return {}
  },
})
