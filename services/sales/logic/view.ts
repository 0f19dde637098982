import type { Queryable } from '../../kit/database.ts'
import type { Delivery } from '../entities/delivery.ts'
import type { Order, OrderLine } from '../entities/order.ts'
import type { Payment } from '../entities/payment.ts'
import type { TimelineEntry } from '../entities/timeline.ts'
import { deliveriesOf } from '../repositories/deliveries.ts'
import { linesOf } from '../repositories/lines.ts'
import { latestPayments } from '../repositories/payments.ts'
import { timelinesOf } from '../repositories/timeline.ts'
import type { DeliveryView, OrderView } from '../schemas.ts'

export function lineView({ unitAmount, shippedAt, ...line }: OrderLine, currency: string): OrderView['lines'][number] {
  return {
    ...line,
    unitPrice: unitAmount === null ? null : { amount: unitAmount, currency },
    total: unitAmount === null ? null : { amount: unitAmount * line.quantity, currency },
    shippedAt: shippedAt?.toISOString() ?? null,
  }
}

function deliveryView(order: Order, delivery: Delivery | undefined): DeliveryView {
  const over = order.status === 'cancelled' || order.status === 'refunded'
  return {
    provider: order.provider,
    price: { amount: order.deliveryAmount, currency: order.currency },
    address: order.address,
    status: delivery?.status ?? (over ? 'stopped' : 'waiting'),
    trackingCode: delivery?.trackingCode ?? null,
    estimatedOn: delivery?.estimatedOn ?? null,
  }
}

function paymentView(payment: Payment | undefined): OrderView['payment'] {
  if (!payment) return null
  const { status, method, reason } = payment
  return { status, method, ...(reason !== null && { reason }) }
}

const entryView = ({ at, event, detail }: TimelineEntry) => ({
  at: at.toISOString(),
  event,
  ...(detail !== null && { detail }),
})

interface Parts {
  lines: OrderLine[]
  timeline: TimelineEntry[]
  payment: Payment | undefined
  delivery: Delivery | undefined
}

function orderView(order: Order, parts: Parts): OrderView {
  const { id, number, status, currency, itemsAmount, deliveryAmount } = order
  return {
    id,
    number,
    status,
    lines: parts.lines.map((line) => lineView(line, currency)),
    itemsTotal: itemsAmount === null ? null : { amount: itemsAmount, currency },
    total: itemsAmount === null ? null : { amount: itemsAmount + deliveryAmount, currency },
    delivery: deliveryView(order, parts.delivery),
    payment: paymentView(parts.payment),
    expiresAt: order.expiresAt?.toISOString() ?? null,
    createdAt: order.createdAt.toISOString(),
    timeline: parts.timeline.map(entryView),
  }
}

/** Orders as their buyers see them, with all that belongs to them, in four statements however many they are. */
export async function viewOrders(db: Queryable, orders: readonly Order[]): Promise<OrderView[]> {
  const ids = orders.map(({ id }) => id)
  const lines = await linesOf(db, ids)
  const timelines = await timelinesOf(db, ids)
  const payments = await latestPayments(db, ids)
  const deliveries = await deliveriesOf(db, ids)
  return orders.map((order) =>
    orderView(order, {
      lines: lines.get(order.id) ?? [],
      timeline: timelines.get(order.id) ?? [],
      payment: payments.get(order.id),
      delivery: deliveries.get(order.id),
    }),
  )
}

export async function viewOrder(db: Queryable, order: Order): Promise<OrderView> {
  const [view] = await viewOrders(db, [order])
  if (!view) throw new Error('a view vanished')
  return view
}
