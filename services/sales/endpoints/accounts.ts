import { z } from 'zod'
import { type Endpoint, endpoint, noContent, ok } from '../../kit/endpoint.ts'
import type { Sales } from '../logic/context.ts'
import { closeAccount, holdAccount } from '../logic/leaving.ts'
import { deleteHold } from '../repositories/leaving.ts'

const id = z.uuid().toLowerCase()
const account = z.object({ id })
const hold = z.object({ id, hold: id })

/** How auth closes an account, as docs/decisions/0007-closing-an-account.md has it. */
export const accountEndpoints = (sales: Sales): Endpoint[] => [
  endpoint({
    method: 'put',
    path: '/accounts/:id/holds/:hold',
    summary: 'Lets an account order and sell nothing new, unless orders are open',
    access: 'public',
    params: hold,
    responses: { 200: z.object({ seconds: z.number() }) },
    problems: { 409: ['open-orders'] },
    handle: async ({ params }) => ok({ seconds: await holdAccount(sales, params.id, params.hold) }),
  }),
  endpoint({
    method: 'delete',
    path: '/accounts/:id/holds/:hold',
    summary: 'Ends a hold: the account was not closed',
    access: 'public',
    params: hold,
    responses: { 204: null },
    handle: async ({ params }) => {
      await deleteHold(sales.db, params.id, params.hold)
      return noContent()
    },
  }),
  endpoint({
    method: 'put',
    path: '/accounts/:id/closed',
    summary: 'The account is closed: its address book and its cart go, its orders stay',
    access: 'public',
    params: account,
    responses: { 204: null },
    handle: async ({ params }) => {
      await closeAccount(sales, params.id)
      return noContent()
    },
  }),
]
