import type { Filters } from './filters.ts'
import type { Sort } from './sort.ts'

/** Books that are like a text, and how much. */
export interface Likeness {
  ids: readonly string[]
  scores: readonly number[]
}

/** What the text of a search comes to. */
export type Text = { matching: 'all' } | { matching: 'words'; query: string } | ({ matching: 'similar' } & Likeness)

/** The books of one seller. */
export interface Shelf {
  sellerId: string
  /** With those that are paused: for the seller's own eyes. */
  paused: boolean
}

/** One look at the shelves, as the statements need it. */
export interface Search {
  text: Text
  /** Undefined for all sellers. */
  seller: Shelf | undefined
  filters: Filters
  sort: Sort
}
