import type { Filters } from './filters.ts'
import type { Sort } from './sort.ts'

/** Books that are like a text, and how much. */
export interface Likeness {
  ids: readonly string[]
  scores: readonly number[]
}

/** What the text of a search comes to. */
export type Text = { matching: 'all' } | { matching: 'words'; query: string } | ({ matching: 'similar' } & Likeness)

/** One look at the shelves, as the statements need it. */
export interface Search {
  text: Text
  /** A seller's id. */
  seller: string | undefined
  filters: Filters
  sort: Sort
}
