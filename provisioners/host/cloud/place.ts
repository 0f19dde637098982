import { z } from 'zod'

/** Where a machine at AWS puts what it says by itself. Its rights there are those of its role. */
export const cloudPlace = z.strictObject({
  region: z.string(),
  /** For its backups. */
  bucket: z.string(),
  /** Whose it is. */
  account: z.string(),
  /** Whose figures they are. */
  stack: z.string(),
})

export type CloudPlace = z.output<typeof cloudPlace>
