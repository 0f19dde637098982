import { randomUUID } from 'node:crypto'
import type { Queryable } from '../../kit/database.ts'
import type { Principal } from '../../kit/endpoint.ts'
import { unavailable } from '../../kit/problem.ts'
import type { AuthContext, Caller } from '../context.ts'
import { revokeSessionsOf } from '../sessions/repository.ts'
import { closeUser, lockOpenUser, readClock } from './repository.ts'

/** Outbox topics: catalog takes the books of a closed account off its shelves; sales wipes its address book and cart. */
export const sellerClosed = 'seller-closed'
export const accountClosed = 'account-closed'

/**
 * Forgets who the user was, ends all their sessions, has their books withdrawn and their address book wiped, in one
 * transaction, while sales holds the account: docs/decisions/0007-closing-an-account.md.
 * @throws Problem 409 `open-orders` while they buy or sell something, 503 when sales cannot tell.
 */
export async function closeAccount(context: AuthContext, { userId }: Principal, caller: Caller): Promise<void> {
  const { db, outbox, salesAccounts } = context
  const hold = randomUUID()
  const asked = await readClock(db)
  try {
    const seconds = await salesAccounts.hold(userId, hold, caller.requestId, caller.signal)
    // The first half is ours. What a transaction may take after that (a statement's 10 s, 15 s between two) fits into the second.
    const until = new Date(asked.getTime() + seconds * 500)
    await db.transaction((tx) => close(context, tx, { userId, until, requestId: caller.requestId }))
  } catch (error) {
    await letGo(context, userId, hold).catch(() => undefined)
    throw error
  }
  outbox.wake()
}

interface Closing {
  userId: string
  /** The last moment, by the database's clock. */
  until: Date
  requestId: string
}

async function close({ outbox }: AuthContext, tx: Queryable, { userId, until, requestId }: Closing): Promise<void> {
  if (!(await lockOpenUser(tx, userId))) return
  await revokeSessionsOf(tx, userId)
  // A release before this one knows the first topic only; the second, which it would leave waiting, holds up nothing.
  for (const topic of [sellerClosed, accountClosed]) {
    await outbox.add(tx, { topic, subject: userId, payload: {}, requestId })
  }
  // Last, so that nothing but the commit comes after the moment that it looks at.
  if (!(await closeUser(tx, userId, until))) throw unavailable('Closing the account took too long.')
}

/**
 * The hold goes as soon as it is certain that the account is open: an answer to COMMIT may have been lost, so we wait
 * for the row as whoever still has it would make us.
 */
async function letGo({ db, salesAccounts }: AuthContext, userId: string, hold: string): Promise<void> {
  if (await lockOpenUser(db, userId)) await salesAccounts.release(userId, hold)
}
