import { z } from 'zod'
import { Problem } from './problem.ts'

/** `limit` and `cursor` of a keyset page. */
export const pageQuery = {
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(24),
}

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

/** The place after which the next page starts: the sort key's values of the last row, opaque to clients. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws Problem 400 `invalid-cursor` when it is not one of ours, or of another sort order. */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.output<Schema> {
  const wrong = () =>
    new Problem(400, 'invalid-cursor', 'The cursor is not valid here', {
      errors: [{ field: 'cursor', message: 'Start again without it' }],
    })
  let values: unknown
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw wrong()
  }
  const parsed = schema.safeParse(values)
  if (!parsed.success) throw wrong()
  return parsed.data
}

/** Cuts `limit + 1` fetched rows to a page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursor: (row: Row) => readonly (string | number)[],
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(item), next: rows.length > limit && last ? encodeCursor(cursor(last)) : null }
}
