import { z } from 'zod'
import { startOwners, stopOwners } from '../backups/target.ts'
import { verb } from './verb.ts'

/**
 * `{on}` -> `{}`: whether the processes that own databases run here, while another web machine restores them. Pages say meanwhile
 * that the shop is not available.
 */
export const writes = verb({
  name: 'writes',
  changes: true,
  input: z.strictObject({ on: z.boolean() }),
  async perform({ on }, { host }, ctx) {
    await (on ? startOwners(host, ctx) : stopOwners(host))
    return {}
  },
})
