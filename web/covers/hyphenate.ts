const vowel = /[aeiouyáéíóúàèìòùâêîôûäëïöüãõåæøœαεηιουωάέήίόύώаеёиоуыэюя]/i
const consonantPairs = /^(?:[bcdfgkpt][lr]|ch|ll|rr|ph|th|sh|qu|ñ)$/i
const edge = 3

/**
 * Where a word may be broken, as lengths of its first part. Rough syllables: a break stands before a consonant, or a
 * pair that belongs together, that a vowel follows. Never fewer than three letters on either side.
 */
export function breaksOf(word: string): number[] {
  const letters = [...word]
  const found: number[] = []
  for (let at = edge; at <= letters.length - edge; at++) {
    const [before = '', here = '', next = ''] = [letters[at - 1], letters[at], letters[at + 1]]
    if (!/\p{L}/u.test(before) || !/\p{L}/u.test(here) || vowel.test(here)) continue
    const pair = consonantPairs.test(here + next) && vowel.test(letters[at + 2] ?? '')
    const single = vowel.test(next) && !consonantPairs.test(before + here)
    if (pair || single) found.push(letters.slice(0, at).join('').length)
  }
  return found
}
