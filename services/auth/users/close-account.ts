import { z } from 'zod'
import type { Principal } from '../../kit/endpoint.ts'
import { Problem, unavailable } from '../../kit/problem.ts'
import type { AuthContext, Caller } from '../context.ts'
import { revokeSessionsOf } from '../sessions/repository.ts'
import { closeUser } from './repository.ts'

/** Outbox topic: catalog takes the books of a closed account off its shelves. */
export const sellerClosed = 'seller-closed'

const openOrders = z.object({ count: z.int().min(0) })

/**
 * Forgets who the user was, ends all their sessions, and has their books withdrawn, in one transaction.
 * @throws Problem 409 `open-orders` while they buy or sell something, 503 when sales cannot tell.
 */
export async function closeAccount(context: AuthContext, { userId }: Principal, caller: Caller): Promise<void> {
  if ((await countOpenOrders(context, userId, caller)) > 0) {
    throw new Problem(409, 'open-orders', 'There are open orders', {
      detail: 'An account can be closed when all its orders, bought and sold, are done.',
    })
  }
  await context.db.transaction(async (tx) => {
    if (!(await closeUser(tx, userId))) return
    await revokeSessionsOf(tx, userId)
    await context.outbox.add(tx, { topic: sellerClosed, subject: userId, payload: {}, requestId: caller.requestId })
  })
  context.outbox.wake()
}

async function countOpenOrders({ sales }: AuthContext, userId: string, caller: Caller): Promise<number> {
  const answer = await sales.expect({
    method: 'GET',
    path: `/sellers/${userId}/open-orders`,
    requestId: caller.requestId,
    signal: caller.signal,
  })
  const parsed = openOrders.safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success) throw unavailable(`sales answered ${answer.status}.`)
  return parsed.data.count
}
