import { type Statement, statement } from '../../kit/database.ts'
import { selectBook } from '../repositories/book-row.ts'
import type { Position } from './cursor.ts'
import { filterConditions, isFiltered } from './filters.ts'
import { Parameters } from './parameters.ts'
import type { Search } from './search.ts'
import { orders } from './sort.ts'
import { mostRanked, sourceOf } from './source.ts'

/** A statement with the values of this execution. */
export interface Bound {
  statement: Statement
  values: readonly unknown[]
}

/** The shape decides the text: matching, seller or not, filtered or not, sort, first page or not. */
function nameOf({ text, seller, filters, sort }: Search, after: Position | undefined): string {
  const parts: string[] = ['list', text.matching, sort]
  if (seller !== undefined) parts.push('seller')
  if (isFiltered(filters)) parts.push('filtered')
  if (after) parts.push('after')
  return parts.join('-')
}

/** The first `limit` rows after a position, in the order of the search's sort; ties by id, in the same direction. */
export function rowsStatement(search: Search, after: Position | undefined, limit: number): Bound {
  const parameters = new Parameters()
  const { from, where, score } = sourceOf(search, parameters)
  const filters = isFiltered(search.filters)
    ? Object.values(filterConditions(search.filters, parameters.add)).map((condition) => ` and ${condition}`)
    : []
  const { column, type, direction } = orders[search.sort]
  const found = `from ${from} where ${where}${filters.join('')}`
  const from_ = (alias: string) => {
    const key = `${alias}.${column}`
    const compare = direction === 'asc' ? '>' : '<'
    const place = after
      ? `(${key}, ${alias}.id) ${compare} (${parameters.add(after.value, type)}, ${parameters.add(after.id, 'uuid')})`
      : undefined
    const order = `order by ${key} ${direction}, ${alias}.id ${direction} limit ${parameters.add(limit, 'int')}`
    return { place, order }
  }
  let text: string
  if (column === 'score') {
    const { place, order } = from_('r')
    text = `with b as materialized (
        select ${selectBook('b')}, ${score} as score ${found} order by b.created_at desc, b.id desc limit ${mostRanked}
      ) select ${selectBook('r')}, r.score from b r${place ? ` where ${place}` : ''} ${order}`
  } else {
    const { place, order } = from_('b')
    text = `select ${selectBook('b')}, b.${column} as key ${found}${place ? ` and ${place}` : ''} ${order}`
  }
  return { statement: statement(nameOf(search, after), text), values: parameters.values }
}
