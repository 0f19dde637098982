/** From the best to the worst. */
export const conditions = ['new', 'like-new', 'good', 'fair', 'poor'] as const
export type Condition = (typeof conditions)[number]

/** `amount` in minor units. */
export interface Money {
  amount: number
  currency: string
}

export interface Cover {
  /** Names the content: another image has another id. */
  id: string
  /** Of the largest rendition, in pixels. */
  width: number
  height: number
  /** Of all renditions, ascending. */
  widths: number[]
}

export interface Book {
  id: string
  seller: { id: string; name: string }
  title: string
  author: string
  description: string
  /** BCP 47, canonical. */
  language: string
  year: number
  price: Money
  /** What can be bought now. */
  stock: number
  condition: Condition
  /** False while its seller has paused it: shown to them alone, and not to be bought. */
  onSale: boolean
  cover: Cover | null
  /** Grows with every change, of the stock as well. */
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** What a seller says of a book. */
export type BookDraft = Pick<
  Book,
  'title' | 'author' | 'description' | 'language' | 'year' | 'price' | 'stock' | 'condition'
>

/** What a seller may change of a book. */
export type BookState = BookDraft & Pick<Book, 'onSale'>
