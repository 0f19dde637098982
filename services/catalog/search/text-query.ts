import { wordsOf } from './fold.ts'

const mostWords = 24

/**
 * What somebody typed, as a tsquery: every word, the last one as the beginning of a word (they may still be typing).
 * Undefined when it holds no word: such a search finds nothing.
 */
export function textQuery(typed: string): string | undefined {
  const words = wordsOf(typed).slice(0, mostWords)
  if (words.length === 0) return undefined
  return words.map((word, index) => (index === words.length - 1 ? `'${word}':*` : `'${word}'`)).join(' & ')
}

/** Books whose author's name has all of these words. Undefined when there is none. */
export function authorQuery(typed: string): string | undefined {
  const words = wordsOf(typed).slice(0, mostWords)
  return words.length === 0 ? undefined : words.map((word) => `'${word}':B`).join(' & ')
}
