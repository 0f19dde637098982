import type { Book, Condition, Cover } from '../entities/book.ts'

export interface BookRow {
  id: string
  seller_id: string
  seller_name: string
  title: string
  author: string
  description: string
  language: string
  year: number
  price: number
  currency: string
  stock: number
  condition: Condition
  on_sale: boolean
  cover: Cover | null
  revision: number
  created_at: Date
  updated_at: Date
}

/** The columns of a BookRow. */
export const bookColumns = [
  'id',
  'seller_id',
  'seller_name',
  'title',
  'author',
  'description',
  'language',
  'year',
  'price',
  'currency',
  'stock',
  'condition',
  'on_sale',
  'cover',
  'revision',
  'created_at',
  'updated_at',
] as const

/** As a select list, from the table or alias `of`. */
export const selectBook = (of: string): string => bookColumns.map((column) => `${of}.${column}`).join(', ')

export function toBook(row: BookRow): Book {
  return {
    id: row.id,
    seller: { id: row.seller_id, name: row.seller_name },
    title: row.title,
    author: row.author,
    description: row.description,
    language: row.language,
    year: row.year,
    price: { amount: row.price, currency: row.currency },
    stock: row.stock,
    condition: row.condition,
    onSale: row.on_sale,
    cover: row.cover,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
