import { statement } from '../../kit/database.ts'
import { type FilterName, filterConditions, filterNames, isFiltered } from './filters.ts'
import { Parameters } from './parameters.ts'
import type { Bound } from './rows-statement.ts'
import type { Search } from './search.ts'
import { sourceOf } from './source.ts'

/** Books that are counted at most, the newest first: a common word stays cheap. */
export const mostCounted = 2_000
const mostAuthors = 20

const fields = ['language', 'condition', 'author', 'price', 'stock']
const columns = fields.map((field) => `b.${field}`).join(', ')
const newest = `order by b.created_at desc, b.id desc limit ${mostCounted}`

/**
 * Two sets: `matched`, which passes every filter, and `missed`, which fails exactly one; a facet counts the first
 * and what fails nothing but its own filter, so that its values can still be widened. Without filters there is no
 * second. What was missed is sought among the newest books only: by index, at the same price whatever the filters.
 */
function countedSets(search: Search, parameters: Parameters): { sets: string; of(facet: FilterName): string } {
  const { from, where } = sourceOf(search, parameters)
  if (!isFiltered(search.filters)) {
    const sets = `matched as materialized (select ${columns} from ${from} where ${where} ${newest})`
    return { sets: `${sets}, looked as (select * from matched)`, of: () => 'matched' }
  }
  const conditions = filterConditions(search.filters, parameters.add)
  const passed = filterNames.map((name) => `${conditions[name]}::int`).join(' + ')
  const failed = filterNames.map((name) => `when not ${conditions[name]} then '${name}'`).join(' ')
  const sets = `matched as materialized (
      select ${columns} from ${from} where ${where} and ${Object.values(conditions).join(' and ')} ${newest}
    ), looked as materialized (
      select ${columns}, ${passed} as passed, case ${failed} end as filter from ${from} where ${where} ${newest}
    ), missed as (select * from looked where passed = ${filterNames.length - 1})`
  const names = fields.join(', ')
  return {
    sets,
    of: (facet) => `(select ${names} from matched union all select ${names} from missed where filter = '${facet}') u`,
  }
}

const counts = (column: string, set: string, limit = '') =>
  `(select coalesce(json_agg(c), '[]') from (
      select ${column} as value, count(*)::int as count from ${set} group by 1 order by 2 desc, 1 ${limit}) c)`

/** All facets of a search in one row. */
export function facetsStatement(search: Search): Bound {
  const parameters = new Parameters()
  const { sets, of } = countedSets(search, parameters)
  const text = `with ${sets} select
    ${counts('language', of('language'))} as languages,
    ${counts('condition', of('condition'))} as conditions,
    ${counts('author', of('author'), `limit ${mostAuthors}`)} as authors,
    (select case when count(*) > 0 then json_build_object('min', min(price), 'max', max(price)) end
      from ${of('price')}) as price,
    (select count(*)::int from ${of('stock')} where stock > 0) as "inStock",
    (select count(*)::int from matched) as total,
    (select count(*) from looked) >= ${mostCounted} as capped`
  const name = ['facets', search.text.matching, search.seller && 'seller', isFiltered(search.filters) && 'filtered']
  return { statement: statement(name.filter(Boolean).join('-'), text), values: parameters.values }
}
