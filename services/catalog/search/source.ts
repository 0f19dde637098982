import type { Parameters } from './parameters.ts'
import type { Search } from './search.ts'

/**
 * Books that are looked at for likeness at most, and ranked at most: for a common word the best of the newest thousand
 * are shown first, since ranking all of them would take a hundred times as long.
 */
export const mostRanked = 1_000
const mostSimilar = 500

/** Where rows come from, as alias `b`, and on what condition; filters not counted. */
export interface Source {
  from: string
  where: string
  /** An expression for how well a row matches; 0 without a text. */
  score: string
}

/** Title before author before description; a title that is just what was typed comes first of all. */
const rank = (query: string) => `(ts_rank('{0.05, 0.2, 0.4, 1}', b.words, ${query}) * 100000)::int`

export function sourceOf({ matching, text, slips, seller }: Search, parameters: Parameters): Source {
  const bySeller = seller === undefined ? '' : ` and b.seller_id = ${parameters.add(seller, 'uuid')}`
  const onSale = `b.withdrawn_at is null${bySeller}`
  if (matching === 'all') return { from: 'books b', where: onSale, score: '0' }
  if (matching === 'words') {
    const query = parameters.add(text, 'tsquery')
    return { from: 'books b', where: `${onSale} and b.words @@ ${query}`, score: rank(query) }
  }
  const asked = parameters.add(text, 'text')
  return {
    from: `similar_books(${asked}, ${parameters.add(slips, 'tsquery')}, ${mostSimilar}) s join books b on b.id = s.id`,
    where: onSale,
    score: 's.score',
  }
}
