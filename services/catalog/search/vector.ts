import { wordsOf } from './fold.ts'

/** Positions that a tsvector can tell apart. https://www.postgresql.org/docs/current/textsearch-limitations.html */
const lastPosition = 16_383

/**
 * A book as PostgreSQL's tsvector, in its text form. Titles weigh A, authors B, descriptions D. The words are ours,
 * letters and digits only, so nothing needs a quote and no parser of the database is asked.
 */
export function searchVector(book: { title: string; author: string; description: string }): string {
  const lexemes: string[] = []
  const add = (text: string, weight: 'A' | 'B' | '') => {
    for (const word of wordsOf(text)) {
      lexemes.push(`'${word}':${Math.min(lexemes.length + 1, lastPosition)}${weight}`)
    }
  }
  add(book.title, 'A')
  add(book.author, 'B')
  add(book.description, '')
  return lexemes.join(' ')
}
