import { type Endpoint, endpoint, noContent } from '../../kit/endpoint.ts'
import { Problem } from '../../kit/problem.ts'
import type { Secret } from '../../kit/secret.ts'
import { signatureHeader, verifySignature } from '../../kit/signature.ts'
import { validate } from '../../kit/validate.ts'
import type { Sales } from '../logic/context.ts'
import { takePaymentEvent } from '../logic/webhook.ts'
import { type PaymentEvent, paymentEvent } from '../schemas.ts'
import { accountEndpoints } from './accounts.ts'

function parseEvent(bytes: Buffer): PaymentEvent {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new Problem(400, 'malformed-json', 'The body is not valid JSON', { cause })
  }
  return validate(paymentEvent, value, 'body') as PaymentEvent
}

/** The second socket, which no gateway routes. */
export function internalEndpoints(sales: Sales, webhookSecret: Secret): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/webhooks/payments',
      summary: 'An event of the card processor, signed',
      access: 'public',
      raw: { types: ['application/json'], limit: 16_384 },
      requestHeaders: [signatureHeader],
      responses: { 204: null },
      problems: { 401: ['invalid-signature'] },
      handle: async (request) => {
        const bytes = request.body as unknown as Buffer
        verifySignature(webhookSecret, request.headers[signatureHeader], bytes)
        await takePaymentEvent(sales, parseEvent(bytes))
        return noContent()
      },
    }),
    ...accountEndpoints(sales),
  ]
}
