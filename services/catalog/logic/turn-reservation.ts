import { notFound, Problem } from '../../kit/problem.ts'
import type { Catalog } from '../context.ts'
import type { Reservation, ReservationState } from '../entities/reservation.ts'
import {
  confirmReservation,
  expireReservations,
  findReservation,
  holdAgain,
  keepReservation,
  releaseReservation,
  restockOrders,
} from '../repositories/reservations.ts'

/** Why a turn found nothing held; nothing is thrown when the state is one in which the turn has happened already. */
async function settle({ db }: Catalog, orderId: string, happened: ReservationState[]): Promise<void> {
  const known = await findReservation(db, orderId)
  if (!known) throw notFound('No such reservation')
  if (happened.includes(known.state)) return
  if (known.state === 'released') throw new Problem(409, 'released', 'This reservation was released')
  if (known.state === 'sold') throw new Problem(409, 'sold', 'These books were sold')
  throw new Problem(409, 'reservation-expired', 'This reservation has expired')
}

/** It no longer expires. Of a sale this is true as well. @throws Problem 409 reservation-expired or released, 404. */
export async function keep(catalog: Catalog, orderId: string): Promise<void> {
  if (!(await keepReservation(catalog.db, orderId))) return settle(catalog, orderId, ['sold'])
  catalog.metrics.reservations.inc({ outcome: 'kept' })
}

/** @throws Problem 409 reservation-expired or released, 404. */
export async function confirm(catalog: Catalog, orderId: string): Promise<void> {
  if (!(await confirmReservation(catalog.db, orderId))) return settle(catalog, orderId, ['sold'])
  catalog.metrics.reservations.inc({ outcome: 'sold' })
}

/** The clock runs anew. @throws Problem 409 reservation-expired, released or sold, 404. */
export async function expireAgain(catalog: Catalog, orderId: string): Promise<void> {
  if (!(await holdAgain(catalog.db, orderId, catalog.holdSeconds))) return settle(catalog, orderId, [])
  catalog.metrics.reservations.inc({ outcome: 'held-again' })
}

/** What it held or sold is in stock again, once; a reservation that comes later is refused. */
export async function release({ db, metrics }: Catalog, orderId: string): Promise<void> {
  const lines = await db.transaction(async (tx) =>
    (await releaseReservation(tx, orderId)) ? await restockOrders(tx, [orderId], 'released') : undefined,
  )
  if (lines === undefined) return
  metrics.reservations.inc({ outcome: 'released' })
  metrics.movements.inc({ reason: 'released' }, lines)
}

const batch = 50

/** Gives back what nobody paid in time, a batch a transaction, until nothing is due. */
export async function expireDue({ db, metrics }: Catalog, signal: AbortSignal): Promise<void> {
  let ended = batch
  while (ended === batch && !signal.aborted) {
    ended = await db.transaction(async (tx) => {
      const orders = await expireReservations(tx, batch)
      if (orders.length > 0) metrics.movements.inc({ reason: 'expired' }, await restockOrders(tx, orders, 'expired'))
      return orders.length
    })
    if (ended > 0) metrics.reservations.inc({ outcome: 'expired' }, ended)
  }
}

/** @throws Problem 404 */
export async function readReservation({ db }: Catalog, orderId: string): Promise<Reservation> {
  const known = await findReservation(db, orderId)
  if (!known) throw notFound('No such reservation')
  return known
}
