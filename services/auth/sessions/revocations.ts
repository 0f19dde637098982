import type { Queryable } from '../../kit/database.ts'
import type { Revocations } from '../../kit/guard.ts'
import { isSessionLive } from './repository.ts'

/** Auth's own guard asks the database: a log-out is felt here at once. A session that we do not have does not stand. */
export const databaseRevocations = (db: Queryable): Revocations => ({
  isRevoked: async (sessionId) => (await isSessionLive(db, sessionId)) !== true,
})
