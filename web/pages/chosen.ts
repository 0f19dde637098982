export const sorts = ['relevance', 'newest', 'price', '-price', 'title', 'year'] as const

/** What the reader has chosen, as it stands in the address; '' for nothing. */
export interface Chosen {
  q: string
  author: string
  language: string
  condition: string
  minPrice: string
  maxPrice: string
  inStock: string
  sort: string
  cursor: string
}
