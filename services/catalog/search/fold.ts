/** Letters that no decomposition takes apart. */
const letters: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
}
const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'gu')

/** Written without spaces between words: each sign is a word of its own. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu

/**
 * Lower case without accents, words of letters and digits with one space between. Done here and not by unaccent and
 * lower() of the database, whose answers depend on its locale and version: in the C locale they leave Greek and Russian as
 * they are. https://www.postgresql.org/docs/current/unaccent.html
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(special, (letter) => letters[letter] ?? letter)
    .replace(/['’ʼ](?=\p{L})/gu, ' ')
    .replace(unspaced, ' $& ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Longer words are cut: an index entry has its limit. */
const longestWord = 40

/** The words of a text, folded. */
export function wordsOf(text: string): string[] {
  const folded = fold(text)
  return folded === '' ? [] : folded.split(' ').map((word) => [...word].slice(0, longestWord).join(''))
}
