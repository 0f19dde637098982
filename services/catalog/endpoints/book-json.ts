import type { z } from 'zod'
import type { Book, Cover } from '../entities/book.ts'
import type { bookJson } from '../schemas.ts'

/** Where the gateway shows what we serve under /catalog/covers. */
const coversPath = '/api/catalog/covers'

export const coverFile = (id: string, width: number, type: 'webp' | 'jpg'): string => `${id}-${width}.${type}`

function toCoverJson({ id, width, height, widths }: Cover) {
  const urls = (type: 'webp' | 'jpg') =>
    widths.map((of) => ({ width: of, url: `${coversPath}/${coverFile(id, of, type)}` }))
  return {
    id,
    width,
    height,
    /** For those who want just one. */
    url: `${coversPath}/${coverFile(id, widths.find((of) => of >= 480) ?? width, 'jpg')}`,
    sources: { webp: urls('webp'), jpeg: urls('jpg') },
  }
}

/** A book as clients see it. */
export function toBookJson(book: Book): z.output<typeof bookJson> {
  return {
    id: book.id,
    title: book.title,
    author: book.author,
    description: book.description,
    language: book.language,
    year: book.year,
    price: book.price,
    stock: book.stock,
    condition: book.condition,
    onSale: book.onSale,
    seller: book.seller,
    cover: book.cover && toCoverJson(book.cover),
    createdAt: book.createdAt.toISOString(),
    updatedAt: book.updatedAt.toISOString(),
  }
}
