import type { Endpoint } from '../../kit/endpoint.ts'
import type { Sales } from '../logic/context.ts'
import { addressEndpoints } from './addresses.ts'
import { cartEndpoints } from './cart.ts'
import { deliveryEndpoints } from './delivery.ts'
import { orderEndpoints } from './orders.ts'
import { paymentEndpoints } from './payment.ts'
import { shipmentEndpoints } from './shipments.ts'

/** Everything under /sales that the gateway routes. */
export const publicEndpoints = (sales: Sales): Endpoint[] => [
  ...cartEndpoints(sales),
  ...orderEndpoints(sales),
  ...paymentEndpoints(sales),
  ...deliveryEndpoints(sales),
  ...addressEndpoints(sales),
  ...shipmentEndpoints(sales),
]
