import type { Queryable } from '../../kit/database.ts'
import { Problem } from '../../kit/problem.ts'
import { deleteAddressesOf } from '../repositories/addresses.ts'
import { deleteCart } from '../repositories/carts.ts'
import { countOpenOrders } from '../repositories/due-orders.ts'
import { insertHold, leavingOf, lockAccount, markClosed } from '../repositories/leaving.ts'
import type { Sales } from './context.ts'

/** Of a transaction that writes something for a user. @throws Problem 409 `account-closing`. */
export async function mustStay(tx: Queryable, userId: string): Promise<void> {
  if ((await leavingOf(tx, [userId])).size === 0) return
  throw new Problem(409, 'account-closing', 'This account is being closed', {
    detail: 'Nothing new can be ordered or saved. If it is not closed after all, that is over within a minute.',
  })
}

/**
 * From now on nothing new is ordered from or by the user, for as many seconds as it returns: `hold` names the attempt to
 * close the account, which releases it or tells us that it succeeded.
 * @throws Problem 409 `open-orders`: then nothing is held.
 */
export async function holdAccount({ db, pace }: Sales, userId: string, hold: string): Promise<number> {
  await db.transaction(async (tx) => {
    await lockAccount(tx, userId)
    const count = await countOpenOrders(tx, userId)
    if (count > 0) throw new Problem(409, 'open-orders', 'There are open orders', { detail: `${count} are open.` })
    await insertHold(tx, userId, hold, pace.holdSeconds)
  })
  return pace.holdSeconds
}

/** What nobody needs of a closed account is wiped, and it stays held. Orders are kept: they are somebody's books. */
export async function closeAccount({ db }: Sales, userId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await lockAccount(tx, userId)
    await markClosed(tx, userId)
    await deleteAddressesOf(tx, userId)
    await deleteCart(tx, userId)
  })
}
