import { z } from 'zod'
import { Problem } from '../../kit/problem.ts'
import { userSchema } from '../users/entity.ts'

/** Days without a refresh after which a session ends by itself, and the days after which it ends in any case. */
export const idleDays = 30
export const absoluteDays = 90

/** Seconds that an access token is good for. */
export const accessTokenSeconds = 300

/** How long after a log-out an access token of that session may still be about: its life, and clocks that differ. */
export const revokedShownSeconds = accessTokenSeconds + 60

/** Sessions that a list shows: nobody has so many browsers, and whoever has more of them ends all by a new password. */
export const mostListed = 100

/** A session that stands. */
export interface Session {
  id: string
  createdAt: Date
  /** The last refresh, or the log-in. */
  lastUsedAt: Date
  /** See `agentOf`. */
  agent: string
}

/** A session as its user is shown it. */
export const sessionSchema = z.object({
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().describe('The last refresh, or the log-in'),
  agent: z.string().describe('User-Agent at log-in; empty when there was none'),
  current: z.boolean().describe('The session of this access token'),
})

export const sessionList = z.object({ items: z.array(sessionSchema) })

/** @param currentId - the session that asks. */
export const toSession = ({ id, createdAt, lastUsedAt, agent }: Session, currentId: string) => ({
  id,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt.toISOString(),
  agent,
  current: id === currentId,
})

/** Thrown at whoever shows a token of a session that stands no more. */
export const sessionEnded = () => new Problem(401, 'session-ended', 'This session has ended')

/** What a log-in and a refresh answer. */
export const grantSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.int().describe('Seconds until the access token expires'),
  user: userSchema,
})

export type Grant = z.infer<typeof grantSchema>
