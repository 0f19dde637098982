import { z } from 'zod'

export const sorts = ['relevance', 'newest', 'price-asc', 'price-desc', 'title', 'author', 'year', 'year-desc'] as const
export type Sort = (typeof sorts)[number]

/** Short names that mean the same. */
const aliases: Readonly<Record<string, Sort>> = { price: 'price-asc', '-price': 'price-desc', '-year': 'year-desc' }

export const sortSchema = z.preprocess(
  (value) => (typeof value === 'string' ? (aliases[value] ?? value) : value),
  z.enum(sorts),
)

export interface Order {
  /** The column by which it sorts, before the id. */
  column: 'score' | 'created_at' | 'price' | 'title_key' | 'author_key' | 'year'
  /** Its type in SQL, for the cursor's value. */
  type: 'int' | 'timestamptz' | 'text'
  direction: 'asc' | 'desc'
}

export const orders: Readonly<Record<Sort, Order>> = {
  relevance: { column: 'score', type: 'int', direction: 'desc' },
  newest: { column: 'created_at', type: 'timestamptz', direction: 'desc' },
  'price-asc': { column: 'price', type: 'int', direction: 'asc' },
  'price-desc': { column: 'price', type: 'int', direction: 'desc' },
  title: { column: 'title_key', type: 'text', direction: 'asc' },
  author: { column: 'author_key', type: 'text', direction: 'asc' },
  year: { column: 'year', type: 'int', direction: 'asc' },
  'year-desc': { column: 'year', type: 'int', direction: 'desc' },
}
