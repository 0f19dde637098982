import { fold, wordsOf } from './fold.ts'

const alphabets = ['abcdefghijklmnñopqrstuvwxyz', 'αβγδεζηθικλμνξοπρστυφχψω', 'абвгдежзийклмнопрстуфхцчшщъыьэюя'].map(
  (letters) => [...new Set(fold(letters).replaceAll(' ', ''))],
)

/** One letter of a shorter word makes another word of it; a longer one has enough letters left to be found by likeness. */
const shortest = 4
const longest = 14
const mostWords = 8

/** The word, and all that one slip makes of it: a letter too many, too few, wrong, or two that changed places. */
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

/** A tsquery of every word or one of its slips; the last word may be unfinished. Undefined when there is no word. */
export function slipsQuery(typed: string): string | undefined {
  const words = wordsOf(typed).slice(0, mostWords)
  if (words.length === 0) return undefined
  const alternatives = words.map((word, index) => {
    const slips = slipsOf(word).map((slip) => `'${slip}'`)
    return index === words.length - 1 ? [...slips, `'${word}':*`] : slips
  })
  return alternatives.map((slips) => `(${slips.join('|')})`).join(' & ')
}
