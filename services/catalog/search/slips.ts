import { fold, wordsOf } from './fold.ts'

const alphabets = ['abcdefghijklmnñopqrstuvwxyz', 'αβγδεζηθικλμνξοπρστυφχψω', 'абвгдежзийклмнопрстуфхцчшщъыьэюя'].map(
  (letters) => [...new Set(fold(letters).replaceAll(' ', ''))],
)

/** One letter of a shorter word makes another word of it; a longer one has enough letters left to be found by likeness. */
const shortest = 4
const longest = 14
const mostWords = 8

/** The word first, and all that one slip makes of it: a letter too many, too few, wrong, or two that changed places. */
export function slipsOf(word: string): string[] {
  const letters = [...word]
  if (letters.length < shortest || letters.length > longest) return [word]
  const alphabet = alphabets.find((candidate) => letters.some((letter) => candidate.includes(letter))) ?? []
  const found = new Set([word])
  for (let at = 0; at <= letters.length; at++) {
    const before = letters.slice(0, at).join('')
    const [here = '', next = '', ...rest] = letters.slice(at)
    const after = [next, ...rest].join('')
    found.add(before + after)
    found.add(before + next + here + rest.join(''))
    for (const letter of alphabet) found.add(before + letter + here + after).add(before + letter + after)
  }
  return [...found]
}

/** For each word of a text, what may have been meant by it. */
export const slipsIn = (typed: string): string[][] => wordsOf(typed).slice(0, mostWords).map(slipsOf)

/**
 * A tsquery of every word of `slipsIn`, in any of the spellings that some book has; the last word may be unfinished.
 * Undefined when a word has no such spelling.
 */
export function slipsQuery(slips: readonly string[][], inUse: ReadonlySet<string>): string | undefined {
  const alternatives = slips.map((spellings, index) => {
    const known = spellings.filter((spelling) => inUse.has(spelling)).map((spelling) => `'${spelling}'`)
    return index === slips.length - 1 ? [...known, `'${spellings[0]}':*`] : known
  })
  if (alternatives.length === 0 || alternatives.some((known) => known.length === 0)) return undefined
  return alternatives.map((known) => `(${known.join('|')})`).join(' & ')
}
