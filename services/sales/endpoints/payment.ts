import { type Endpoint, endpoint, principalOf } from '../../kit/endpoint.ts'
import { idempotencyKey } from '../../kit/idempotency.ts'
import type { Sales } from '../logic/context.ts'
import { payOrder } from '../logic/pay.ts'
import { orderView, paymentBody } from '../schemas.ts'
import { orderParams } from './orders.ts'

export function paymentEndpoints(sales: Sales): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/sales/orders/:id/payment',
      summary: 'Pays an order; 202 while the outcome is not known yet',
      access: 'bearer',
      requestHeaders: ['Idempotency-Key'],
      params: orderParams,
      body: paymentBody,
      responses: { 200: orderView, 202: orderView },
      problems: {
        400: ['idempotency-key-missing'],
        401: ['unauthenticated'],
        402: ['declined'],
        404: ['not-found'],
        409: [
          'already-paid',
          'payment-in-progress',
          'reservation-expired',
          'order-cancelled',
          'not-reserved',
          'request-in-flight',
        ],
        422: ['invalid-body', 'idempotency-key-reused'],
        503: ['unavailable'],
      },
      handle: (request) =>
        payOrder(sales, {
          buyerId: principalOf(request).userId,
          orderId: request.params.id,
          key: idempotencyKey(request),
          token: request.body.method.token,
        }),
    }),
  ]
}
