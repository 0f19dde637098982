import { z } from 'zod'
import type { Api } from './api.ts'
import { address, orderLine, statuses } from './sales.ts'
import { page } from './schemas.ts'

const shipment = z.object({
  orderId: z.string(),
  number: z.string(),
  /** Of the order as a whole, which may wait for other sellers. */
  status: z.enum(statuses),
  lines: z.array(orderLine),
  buyer: z.object({ name: z.string(), address }),
  paidAt: z.string(),
  shippedAt: z.string().nullable(),
})
export type Shipment = z.output<typeof shipment>

export const shipmentStates = ['to-ship', 'shipped'] as const
export type ShipmentState = (typeof shipmentStates)[number]

/** What one sold, as parcels. */
export async function listShipments(
  api: Api,
  query: { state: ShipmentState; cursor?: string; limit?: string },
): Promise<{ items: Shipment[]; next: string | null }> {
  return (await api.ask('GET', '/sales/shipments', page(shipment), { query })).body
}

/** One's part of an order goes to the courier; again it does no harm. @throws ApiProblem 404, 409 `not-paid`, `cancelled` */
export async function handOver(api: Api, orderId: string): Promise<Shipment> {
  return (await api.ask('POST', `/sales/shipments/${encodeURIComponent(orderId)}`, shipment)).body
}
