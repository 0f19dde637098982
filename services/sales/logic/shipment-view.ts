import type { Queryable } from '../../kit/database.ts'
import type { ShipmentOfOrder } from '../entities/shipment.ts'
import { linesOf } from '../repositories/lines.ts'
import type { ShipmentView } from '../schemas.ts'
import { lineView } from './view.ts'

/** Parts of orders as their seller sees them: nothing of what others sell, and of the buyer what goes on the parcel. */
export async function viewShipments(
  db: Queryable,
  sellerId: string,
  shipments: readonly ShipmentOfOrder[],
): Promise<ShipmentView[]> {
  const lines = await linesOf(
    db,
    shipments.map(({ orderId }) => orderId),
  )
  return shipments.map(({ orderId, number, status, currency, address, paidAt, shippedAt }) => ({
    orderId,
    number,
    status,
    lines: (lines.get(orderId) ?? [])
      .filter(({ seller }) => seller?.id === sellerId)
      .map((line) => lineView(line, currency)),
    buyer: { name: address.name, address },
    paidAt: paidAt.toISOString(),
    shippedAt: shippedAt?.toISOString() ?? null,
  }))
}
