import type { Condition } from '../entities/book.ts'

/** What narrows a list besides the text of the search and the seller; undefined for what was not asked. */
export interface Filters {
  languages: readonly string[] | undefined
  conditions: readonly Condition[] | undefined
  /** A tsquery. */
  author: string | undefined
  /** Minor units, both included. */
  minPrice: number | undefined
  maxPrice: number | undefined
  inStock: boolean
}

export const isFiltered = (filters: Filters): boolean =>
  filters.inStock ||
  [filters.languages, filters.conditions, filters.author, filters.minPrice, filters.maxPrice].some(
    (value) => value !== undefined,
  )

/** The names under which facets know the filters. */
export const filterNames = ['language', 'condition', 'author', 'price', 'stock'] as const
export type FilterName = (typeof filterNames)[number]

/**
 * The condition of each filter, over the alias `b`; `param` gives the place of a value. One text serves whatever was
 * asked: each execution is planned with its values, and what was not asked is planned away.
 */
export function filterConditions(
  filters: Filters,
  param: (value: unknown, type: string) => string,
): Record<FilterName, string> {
  const languages = param(filters.languages ?? null, 'text[]')
  const conditions = param(filters.conditions ?? null, 'text[]')
  const author = param(filters.author ?? null, 'tsquery')
  const min = param(filters.minPrice ?? null, 'int')
  const max = param(filters.maxPrice ?? null, 'int')
  const inStock = param(filters.inStock, 'boolean')
  return {
    language: `(${languages} is null or b.language = any(${languages}))`,
    condition: `(${conditions} is null or b.condition = any(${conditions}))`,
    author: `(${author} is null or b.words @@ ${author})`,
    price: `((${min} is null or b.price >= ${min}) and (${max} is null or b.price <= ${max}))`,
    stock: `(not ${inStock} or b.stock > 0)`,
  }
}
