import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../kit/page.ts'
import type { Text } from './search.ts'
import { orders, type Sort } from './sort.ts'

/** How the text of a search was taken: word by word, or by likeness since no book had the words. */
export type Matching = Text['matching']

/** The last row of a page. */
export interface Position {
  matching: Matching
  value: string | number
  id: string
}

const int = z.int().min(-2_147_483_648).max(2_147_483_647)
const valueSchemas = { int, timestamptz: z.iso.datetime().regex(/^[12]/), text: z.string().max(2_000) }

export function writeCursor(sort: Sort, { matching, value, id }: Position): string {
  return encodeCursor([sort, matching, value, id])
}

/** @throws Problem 400 invalid-cursor, also for one of another sort order or of another kind of search. */
export function readCursor(cursor: string, sort: Sort, allowed: readonly Matching[]): Position {
  const schema = z.tuple([z.literal(sort), z.enum(allowed), valueSchemas[orders[sort].type], z.uuid()])
  const [, matching, value, id] = decodeCursor(cursor, schema)
  return { matching, value, id }
}
