import { z } from 'zod'
import { setMaintenance } from '../site/shop/maintenance.ts'
import { verb } from './verb.ts'

/** `{on}` -> `{}`: shows nothing but a page that asks for patience, or the shop again. */
export const maintenance = verb({
  name: 'maintenance',
  changes: true,
  input: z.strictObject({ on: z.boolean() }),
  async perform({ on }) {
    await setMaintenance(on)
    return {}
  },
})
