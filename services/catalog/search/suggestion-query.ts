import { fold, wordsOf } from './fold.ts'
import { slipsOf } from './slips.ts'
import { textQuery } from './text-query.ts'

/** Of what was typed; a suggestion is for the first words of something. */
const longestText = 100
const mostWords = 4

/** What somebody typed so far, as the statement of suggestions takes it. */
export interface SuggestionQuery {
  /** Folded. */
  text: string
  /** A tsquery of all words, the last one unfinished. */
  words: string
  /** All that may have been meant by each word, the word itself included: a spelling and the place of its word, from 0. */
  spellings: readonly string[]
  places: readonly number[]
  /** The last of these words as a tsquery of what begins with it. */
  last: string
}

/** Undefined when it holds no word: then there is nothing to suggest. */
export function suggestionQuery(typed: string): SuggestionQuery | undefined {
  const text = [...fold(typed)].slice(0, longestText).join('').trim()
  const words = textQuery(text)
  if (words === undefined) return undefined
  const first = wordsOf(text).slice(0, mostWords)
  const slips = first.flatMap((word, place) => slipsOf(word).map((spelling) => ({ spelling, place })))
  return {
    text,
    words,
    spellings: slips.map(({ spelling }) => spelling),
    places: slips.map(({ place }) => place),
    last: `'${first.at(-1)}':*`,
  }
}
