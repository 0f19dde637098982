import type { Database } from '../kit/database.ts'
import type { Log } from '../kit/log.ts'
import { every, type Worker } from '../kit/worker.ts'
import { purgeKeys } from './keys/repository.ts'
import { purgeAttempts } from './limits/repository.ts'
import { purgeEndedSessions, purgeUsedTokens } from './sessions/repository.ts'
import { purgeClosedUsers } from './users/repository.ts'

const everyMs = 10 * 60_000
/** Small steps, so that no statement holds its locks for long. */
const batch = 1_000

/** Deletes what has expired. Any number of processes may do it at once. */
export function purgeWorker(db: Database, log: Log): Worker {
  const purges = [purgeAttempts, purgeEndedSessions, purgeUsedTokens, purgeClosedUsers]
  return every(everyMs, 'purge', log, async (signal) => {
    for (const purge of purges) {
      while (!signal.aborted && (await purge(db, batch)) === batch);
    }
    await purgeKeys(db)
  })
}
