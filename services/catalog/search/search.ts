import type { Matching } from './cursor.ts'
import type { Filters } from './filters.ts'
import type { Sort } from './sort.ts'

/** One look at the shelves, as the statements need it. */
export interface Search {
  matching: Matching
  /** For 'words' a tsquery, for 'similar' the folded text, for 'all' nothing. */
  text: string
  /** For 'similar', a tsquery of what may have been meant. */
  slips: string
  /** A seller's id. */
  seller: string | undefined
  filters: Filters
  sort: Sort
}
