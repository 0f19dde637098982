import { z } from 'zod'
import { addressSchema } from './entities/address.ts'

export const money = z.object({ amount: z.int(), currency: z.string() })

const line = z.strictObject({ bookId: z.uuid().toLowerCase(), quantity: z.int().min(1).max(99) })
const lines = z
  .array(line)
  .max(50)
  .superRefine((given, context) => {
    const seen = new Set<string>()
    for (const [index, { bookId }] of given.entries()) {
      if (seen.has(bookId)) context.addIssue({ code: 'custom', path: [index, 'bookId'], message: 'Given twice' })
      seen.add(bookId)
    }
  })

export const cartBody = z.strictObject({ lines })

export const orderBody = z.strictObject({
  lines: lines.refine((given) => given.length > 0, 'At least one book'),
  deliveryProvider: z.string().min(1).max(64),
  address: addressSchema,
})
export type OrderBody = z.output<typeof orderBody>

export const paymentBody = z.strictObject({
  method: z.strictObject({ type: z.literal('card'), token: z.string().min(1).max(200) }),
})

/** Without `isDefault`: a new address is not the default unless it is the first; one that is changed stays what it is. */
export const addressBody = addressSchema.extend({ isDefault: z.boolean().optional() })
export type AddressBody = z.output<typeof addressBody>

export const savedAddressView = z.object({ id: z.uuid(), ...addressSchema.shape, isDefault: z.boolean() })
export const addressesView = z.object({ items: z.array(savedAddressView) })

const seller = z.object({ id: z.uuid(), name: z.string() })

const cartLineView = z.object({
  bookId: z.uuid(),
  quantity: z.int(),
  /** `short`: `available` is less than `quantity`; `gone`: not on sale any more. */
  state: z.enum(['available', 'short', 'gone', 'price-changed']),
  available: z.int(),
  title: z.string().nullable(),
  author: z.string().nullable(),
  seller: seller.nullable(),
  cover: z.unknown(),
  unitPrice: money.nullable(),
  /** What it cost when it came into the cart. */
  priceWhenAdded: money.nullable(),
  total: money.nullable(),
})

export const cartView = z.object({
  lines: z.array(cartLineView),
  /** Of the lines that can be ordered as they stand. */
  totals: z.array(money),
})
export type CartView = z.output<typeof cartView>

const deliveryView = z.object({
  provider: z.object({ id: z.string(), name: z.string() }),
  price: money,
  address: addressSchema,
  status: z.enum(['waiting', 'scheduled', 'in-transit', 'delivered', 'stopped']),
  trackingCode: z.string().nullable(),
  estimatedOn: z.iso.date().nullable(),
})
export type DeliveryView = z.output<typeof deliveryView>

const orderLineView = z.object({
  bookId: z.uuid(),
  title: z.string().nullable(),
  author: z.string().nullable(),
  seller: seller.nullable(),
  quantity: z.int(),
  unitPrice: money.nullable(),
  total: money.nullable(),
  /** When its seller handed it to the courier. */
  shippedAt: z.iso.datetime().nullable(),
})

const orderStatus = z.enum(['pending', 'reserved', 'paying', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded'])

export const orderView = z.object({
  id: z.uuid(),
  number: z.string(),
  status: orderStatus,
  lines: z.array(orderLineView),
  itemsTotal: money.nullable(),
  total: money.nullable(),
  delivery: deliveryView,
  payment: z
    .object({
      status: z.enum(['started', 'succeeded', 'declined', 'refunding', 'refunded']),
      method: z.literal('card'),
      reason: z.string().optional(),
    })
    .nullable(),
  expiresAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  timeline: z.array(z.object({ at: z.iso.datetime(), event: z.string(), detail: z.string().optional() })),
})
export type OrderView = z.output<typeof orderView>

/** A seller's part of an order: their own lines of it. */
export const shipmentView = z.object({
  orderId: z.uuid(),
  number: z.string(),
  /** Of the order as a whole, which may wait for other sellers. */
  status: orderStatus,
  lines: z.array(orderLineView),
  /** Who receives it, and where. */
  buyer: z.object({ name: z.string(), address: addressSchema }),
  paidAt: z.iso.datetime(),
  shippedAt: z.iso.datetime().nullable(),
})
export type ShipmentView = z.output<typeof shipmentView>

export const shipmentState = z.enum(['to-ship', 'shipped'])

export const providersView = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** Countries (ISO 3166-1 alpha-2), or 'worldwide'. */
      coverage: z.union([z.array(z.string()), z.literal('worldwide')]),
      price: money,
      /** From the day on which it is paid to the door. */
      days: z.int().positive(),
    }),
  ),
})

export const paymentEvent = z.object({
  id: z.string().min(1).max(200),
  type: z.enum(['charge.succeeded', 'charge.declined', 'charge.refunded']),
  key: z.string(),
  reference: z.string(),
  amount: z.int(),
  currency: z.string(),
  reason: z.string().optional(),
})
export type PaymentEvent = z.output<typeof paymentEvent>
