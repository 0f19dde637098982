import type { Order } from './order.ts'

/** A seller's part of a paid order. */
export interface Shipment {
  orderId: string
  paidAt: Date
  /** When the seller handed it to the courier; null until then. */
  shippedAt: Date | null
}

/** With what a seller needs to know of the order to pack it. */
export interface ShipmentOfOrder extends Shipment, Pick<Order, 'number' | 'status' | 'currency' | 'address'> {}
