import { z } from 'zod'
import { type Endpoint, endpoint, noContent, ok } from '../../kit/endpoint.ts'
import type { Catalog } from '../context.ts'
import { lookupBooks, withdrawBooksOf } from '../repositories/books.ts'
import { bookJson } from '../schemas.ts'
import { toBookJson } from './book-json.ts'
import { reservationEndpoints } from './reservations.ts'

const lookup = (catalog: Catalog) =>
  endpoint({
    method: 'post',
    path: '/books/lookup',
    summary: 'Those of the books that are on sale',
    access: 'public',
    body: z.strictObject({ ids: z.array(z.uuid()).max(200) }),
    responses: { 200: z.object({ items: z.array(bookJson) }) },
    handle: async ({ body }) => ok({ items: (await lookupBooks(catalog.db, body.ids)).map(toBookJson) }),
  })

const withdrawAll = (catalog: Catalog) =>
  endpoint({
    method: 'delete',
    path: '/sellers/:id/books',
    summary: 'Takes all books of a closed account off the shelves',
    access: 'public',
    params: z.object({ id: z.uuid() }),
    responses: { 204: null },
    handle: async ({ params }) => {
      await withdrawBooksOf(catalog.db, params.id)
      return noContent()
    },
  })

export const internalEndpoints = (catalog: Catalog): Endpoint[] => [
  ...reservationEndpoints(catalog),
  lookup(catalog),
  withdrawAll(catalog),
]
