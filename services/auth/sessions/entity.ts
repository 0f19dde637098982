import { z } from 'zod'
import { userSchema } from '../users/entity.ts'

/** Days without a refresh after which a session ends by itself, and the days after which it ends in any case. */
export const idleDays = 30
export const absoluteDays = 90

/** Seconds that an access token is good for. */
export const accessTokenSeconds = 300

/** How long after a log-out an access token of that session may still be about: its life, and clocks that differ. */
export const revokedShownSeconds = accessTokenSeconds + 60

/** What a log-in and a refresh answer. */
export const grantSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.int().describe('Seconds until the access token expires'),
  user: userSchema,
})

export type Grant = z.infer<typeof grantSchema>
