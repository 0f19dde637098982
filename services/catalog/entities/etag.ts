import type { Book } from './book.ts'

/** Raised when the JSON of an unchanged book changes its form. */
const form = 2

/** Strong: no two states of a book share a revision, and the stock is part of the state. */
export const etagOf = ({ revision }: Pick<Book, 'revision'>): string => `"${form}.${revision}"`

/**
 * Whether a list of entity tags (If-Match, If-None-Match) names `etag`. A proxy that compresses makes a strong tag weak;
 * ours are counters, as strict either way, so the mark is passed over.
 */
export function names(header: string, etag: string): boolean {
  return header.split(',').some((tag) => {
    const bare = tag.trim().replace(/^W\//, '')
    return bare === '*' || bare === etag
  })
}
