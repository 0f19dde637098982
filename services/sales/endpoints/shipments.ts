import { z } from 'zod'
import { type Endpoint, endpoint, ok, principalOf } from '../../kit/endpoint.ts'
import { decodeCursor, pageOf, pageQuery, toPage } from '../../kit/page.ts'
import type { Sales } from '../logic/context.ts'
import { handOver } from '../logic/hand-over.ts'
import { viewShipments } from '../logic/shipment-view.ts'
import { listShipments, type ShipmentState } from '../repositories/shipments.ts'
import { shipmentState, shipmentView } from '../schemas.ts'

const params = z.object({ orderId: z.uuid() })
const query = z.strictObject({ state: shipmentState.default('to-ship'), ...pageQuery })

/** A cursor names its list: the two are sorted by different times. */
function placeIn(state: ShipmentState, cursor: string): [string, string] {
  const [, at, id] = decodeCursor(cursor, z.tuple([z.literal(state), z.iso.datetime(), z.uuid()]))
  return [at, id]
}

/** A page of a seller's parts: those to ship, the longest waiting first; or those shipped, latest first. */
async function shipmentsPage(sales: Sales, sellerId: string, { state, cursor, limit }: z.output<typeof query>) {
  const after = cursor === undefined ? undefined : placeIn(state, cursor)
  const rows = await listShipments(sales.db, sellerId, { state, after, limit: limit + 1 })
  const { items, next } = toPage(
    rows,
    limit,
    (shipment) => shipment,
    ({ orderId, paidAt, shippedAt }) => [state, (shippedAt ?? paidAt).toISOString(), orderId],
  )
  return { items: await viewShipments(sales.db, sellerId, items), next }
}

export function shipmentEndpoints(sales: Sales): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/sales/shipments',
      summary: 'What one sold, as parcels: those to ship, the longest waiting first; or those shipped, latest first',
      access: 'bearer',
      query,
      responses: { 200: pageOf(shipmentView) },
      problems: { 400: ['invalid-cursor'] },
      handle: async (request) => ok(await shipmentsPage(sales, principalOf(request).userId, request.query)),
    }),
    endpoint({
      method: 'post',
      path: '/sales/shipments/:orderId',
      summary: 'One’s part of an order is handed to the courier; with the last part the order is on its way',
      access: 'bearer',
      params,
      responses: { 200: shipmentView },
      problems: { 409: ['not-paid', 'cancelled'] },
      handle: async (request) => ok(await handOver(sales, request.params.orderId, principalOf(request).userId)),
    }),
  ]
}
