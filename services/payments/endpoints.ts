import { z } from 'zod'
import { type Endpoint, endpoint, ok, type Reply } from '../kit/endpoint.ts'
import { idempotencyKey } from '../kit/idempotency.ts'
import { decodeCursor, pageOf, pageQuery, toPage } from '../kit/page.ts'
import { notFound } from '../kit/problem.ts'
import { behaviourOf, type Charge } from './entities.ts'
import { hangUpReply } from './hang-up.ts'
import { charge, type Processor, refund } from './logic/charging.ts'
import { findCharge, listCharges, readLedger } from './repository.ts'

const currency = z.string().regex(/^[A-Z]{3}$/)
const asked = z.strictObject({
  amount: z.int().min(0),
  currency,
  token: z.string().min(1).max(200),
  reference: z.string().min(1).max(200),
})
const keyParams = z.object({ key: z.string().min(1).max(255) })

const chargeView = z.object({
  id: z.uuid(),
  key: z.string(),
  amount: z.int(),
  currency,
  reference: z.string(),
  status: z.enum(['succeeded', 'declined', 'refunded']),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
})

/** The token stays here: it is as good as a card. */
const view = ({ token, createdAt, ...rest }: Charge) => ({ ...rest, createdAt: createdAt.toISOString() })

function replyTo(made: Charge): Reply {
  if (behaviourOf(made.token).lost) return hangUpReply()
  if (made.status !== 'declined') return { status: 201, body: view(made) }
  const problem = { title: 'The card was declined', status: 402, code: 'card-declined' }
  return { status: 402, body: { ...problem, detail: `Reason: ${made.reason}`, reason: made.reason } }
}

const cursorOf = z.tuple([z.iso.datetime(), z.uuid()])

/** The card processor's public socket. Only sales reaches it. */
export function endpoints(processor: Processor): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/charges',
      summary: 'Charges a card, once for a key',
      access: 'public',
      requestHeaders: ['Idempotency-Key'],
      body: asked,
      responses: { 201: chargeView },
      problems: { 400: ['idempotency-key-missing'], 402: ['card-declined'], 422: ['idempotency-key-reused'] },
      handle: async (request) => replyTo(await charge(processor, { key: idempotencyKey(request), ...request.body })),
    }),
    endpoint({
      method: 'get',
      path: '/charges/:key',
      summary: 'What became of a charge',
      access: 'public',
      params: keyParams,
      responses: { 200: chargeView },
      problems: { 404: ['not-found'] },
      handle: async ({ params }) => {
        const found = await findCharge(processor.db, params.key)
        if (!found) throw notFound('No such charge')
        return ok(view(found))
      },
    }),
    endpoint({
      method: 'post',
      path: '/charges/:key/refund',
      summary: 'Gives the money back, once',
      access: 'public',
      params: keyParams,
      responses: { 200: chargeView },
      problems: { 404: ['not-found'], 409: ['not-charged'] },
      handle: async ({ params }) => ok(view(await refund(processor, params.key))),
    }),
    endpoint({
      method: 'get',
      path: '/charges',
      summary: 'Charges, oldest first',
      access: 'public',
      query: z.strictObject({ ...pageQuery, reference: z.string().max(200).optional() }),
      responses: { 200: pageOf(chargeView) },
      handle: async ({ query }) => {
        const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, cursorOf)
        const rows = await listCharges(processor.db, { reference: query.reference, after, limit: query.limit + 1 })
        return ok(toPage(rows, query.limit, view, ({ createdAt, id }) => [createdAt.toISOString(), id]))
      },
    }),
  ]
}

/** On the second socket: what the till should hold. */
export function internalEndpoints(processor: Processor): Endpoint[] {
  const ledger = z.object({ charges: z.int(), charged: z.int(), refunded: z.int(), balance: z.int() })
  return [
    endpoint({
      method: 'get',
      path: '/ledger',
      summary: 'Sum of charges less refunds, in minor units',
      access: 'public',
      query: z.strictObject({ currency, reference: z.string().max(200).optional() }),
      responses: { 200: ledger },
      handle: async ({ query }) => {
        const sums = await readLedger(processor.db, query.currency, query.reference)
        return ok({ ...sums, balance: sums.charged - sums.refunded })
      },
    }),
  ]
}
