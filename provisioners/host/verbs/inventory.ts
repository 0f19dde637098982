import { z } from 'zod'
import { inventory as readInventory } from '../../releases/machine/index.ts'
import { verb } from './verb.ts'

/** `{}` -> Inventory (provisioners/releases/inventory.ts): which releases are here, and what need not be sent again. */
export const inventory = verb({
  name: 'inventory',
  changes: false,
  input: z.strictObject({}),
  perform: () => readInventory(),
})
