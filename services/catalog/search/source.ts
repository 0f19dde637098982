import type { Parameters } from './parameters.ts'
import type { Search, Shelf } from './search.ts'

/**
 * Books that are ranked at most: for a common word the best of the newest thousand are shown, since ranking all of
 * them would take a hundred times as long.
 */
export const mostRanked = 1_000

/** Where rows come from, as alias `b`, and on what condition; filters not counted. */
export interface Source {
  from: string
  where: string
  /** An expression for how well a row matches; 0 without a text. */
  score: string
}

/** Title before author before description; a title that is just what was typed comes first of all. */
const rank = (query: string) => `(ts_rank('{0.05, 0.2, 0.4, 1}', b.words, ${query}) * 100000)::int`

/** Paused books are shown on the shelf of whoever may see them, and nowhere else. */
const whose = (seller: Shelf | undefined, { add }: Parameters): string =>
  seller === undefined
    ? 'b.on_sale'
    : `b.seller_id = ${add(seller.sellerId, 'uuid')} and (b.on_sale or ${add(seller.paused, 'boolean')})`

export function sourceOf({ text, seller }: Search, parameters: Parameters): Source {
  const where = `b.withdrawn_at is null and ${whose(seller, parameters)}`
  if (text.matching === 'all') return { from: 'books b', where, score: '0' }
  if (text.matching === 'words') {
    const query = parameters.add(text.query, 'tsquery')
    return { from: 'books b', where: `${where} and b.words @@ ${query}`, score: rank(query) }
  }
  const likeness = `unnest(${parameters.add(text.ids, 'uuid[]')}, ${parameters.add(text.scores, 'int[]')})`
  return { from: `${likeness} s (id, score) join books b on b.id = s.id`, where, score: 's.score' }
}
