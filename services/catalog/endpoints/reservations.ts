import { z } from 'zod'
import { type Endpoint, endpoint, noContent, ok } from '../../kit/endpoint.ts'
import { decodeCursor, pageOf, pageQuery, toPage } from '../../kit/page.ts'
import type { Catalog } from '../context.ts'
import type { Reservation } from '../entities/reservation.ts'
import { reserve } from '../logic/reserve.ts'
import { confirm, expireAgain, keep, readReservation, release } from '../logic/turn-reservation.ts'
import { listLiveReservations } from '../repositories/reservations.ts'

const params = z.object({ orderId: z.uuid() })
const money = z.object({ amount: z.int(), currency: z.string() })

const reservationJson = z.object({
  orderId: z.uuid(),
  state: z.enum(['held', 'kept', 'sold', 'released', 'expired']),
  expiresAt: z.iso.datetime().nullable(),
  lines: z.array(
    z.object({
      bookId: z.uuid(),
      title: z.string(),
      author: z.string(),
      seller: z.object({ id: z.uuid(), name: z.string() }),
      quantity: z.int(),
      unitPrice: money,
    }),
  ),
})

const wanted = z.strictObject({
  buyerId: z.uuid(),
  lines: z
    .array(z.strictObject({ bookId: z.uuid().toLowerCase(), quantity: z.int().min(1).max(10_000) }))
    .min(1)
    .max(200),
})

const toJson = (reservation: Reservation): z.output<typeof reservationJson> => ({
  ...reservation,
  expiresAt: reservation.expiresAt?.toISOString() ?? null,
})

type Turn = (catalog: Catalog, orderId: string) => Promise<void>

const turn = (catalog: Catalog, method: 'post' | 'delete', path: string, summary: string, act: Turn) =>
  endpoint({
    method,
    path: `/reservations/:orderId${path}`,
    summary,
    access: 'public',
    params,
    responses: { 204: null },
    problems: { 404: ['not-found'], 409: ['reservation-expired', 'released', 'sold'] },
    handle: async ({ params: { orderId } }) => {
      await act(catalog, orderId)
      return noContent()
    },
  })

const put = (catalog: Catalog) =>
  endpoint({
    method: 'put',
    path: '/reservations/:orderId',
    summary: 'Holds books for an order',
    access: 'public',
    params,
    body: wanted,
    responses: { 200: reservationJson },
    problems: {
      404: ['not-found'],
      409: ['out-of-stock', 'released', 'reservation-expired', 'reservation-differs'],
      422: ['own-book', 'invalid-body'],
    },
    handle: async ({ params: { orderId }, body }) => ok(toJson(await reserve(catalog, orderId, body))),
  })

const zero = '00000000-0000-0000-0000-000000000000'

const list = (catalog: Catalog) =>
  endpoint({
    method: 'get',
    path: '/reservations',
    summary: 'Those that have taken books: held, kept or sold',
    access: 'public',
    query: z.strictObject(pageQuery),
    responses: { 200: pageOf(reservationJson.pick({ orderId: true, state: true })) },
    problems: { 400: ['invalid-cursor', 'invalid-query'] },
    handle: async ({ query: { cursor, limit } }) => {
      const [after] = cursor === undefined ? [zero] : decodeCursor(cursor, z.tuple([z.uuid()]))
      const rows = await listLiveReservations(catalog.db, after, limit + 1)
      return ok(
        toPage(
          rows,
          limit,
          (row) => row,
          ({ orderId }) => [orderId],
        ),
      )
    },
  })

const get = (catalog: Catalog) =>
  endpoint({
    method: 'get',
    path: '/reservations/:orderId',
    summary: 'The state of a reservation',
    access: 'public',
    params,
    responses: { 200: reservationJson },
    problems: { 404: ['not-found'] },
    handle: async ({ params: { orderId } }) => ok(toJson(await readReservation(catalog, orderId))),
  })

/** On the second socket, as docs/decisions/0003-between-services.md has them. */
export const reservationEndpoints = (catalog: Catalog): Endpoint[] => [
  put(catalog),
  get(catalog),
  list(catalog),
  turn(catalog, 'post', '/keep', 'It no longer expires', keep),
  turn(catalog, 'post', '/confirm', 'Sold', confirm),
  turn(catalog, 'post', '/expire-again', 'The clock runs anew', expireAgain),
  turn(catalog, 'delete', '', 'Given back', release),
]
