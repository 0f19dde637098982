import outlines from './glyphs.json' with { type: 'json' }

/** Units of an em in glyphs.json. */
export const unitsPerEm = 500

export interface Glyph {
  advance: number
  /** SVG path, y upwards; empty for a space. */
  path: string
}

const texts: Readonly<Record<string, string>> = outlines.glyphs
const kernTexts: Readonly<Record<string, string>> = outlines.kern
const glyphs = new Map<string, Glyph | undefined>()
const kerns = new Map<string, ReadonlyMap<string, number>>()

/** The outline of a character, or undefined when Literata has none: the line is then left to the reader's own fonts. */
export function glyphOf(character: string): Glyph | undefined {
  if (!glyphs.has(character)) {
    const text = Object.hasOwn(texts, character) ? texts[character] : undefined
    const at = text?.indexOf(' ') ?? -1
    glyphs.set(character, text ? { advance: Number(text.slice(0, at)), path: text.slice(at + 1) } : undefined)
  }
  return glyphs.get(character)
}

function kernsOf(first: string): ReadonlyMap<string, number> {
  const known = kerns.get(first)
  if (known) return known
  const text = Object.hasOwn(kernTexts, first) ? (kernTexts[first] ?? '') : ''
  const pairs = new Map([...text.matchAll(/(.)(-?\d+)/gu)].map(([, second = '', units]) => [second, Number(units)]))
  kerns.set(first, pairs)
  return pairs
}

/** What stands closer or wider between two characters, in units. */
export const kernOf = (first: string, second: string): number => kernsOf(first).get(second) ?? 0

/** A character that we cannot draw: its width is an estimate, which `textLength` then makes true. */
function estimate(character: string): number {
  if (/\p{M}|\p{Cf}/u.test(character)) return 0
  if (
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Extended_Pictographic}/u.test(
      character,
    )
  )
    return unitsPerEm
  return unitsPerEm * 0.62
}

/** Width of one character, in units. */
export const advanceOf = (character: string): number => glyphOf(character)?.advance ?? estimate(character)

/** Width of a text in units; `tracking` is added after every character but the last. */
export function widthOf(text: string, tracking = 0): number {
  let width = 0
  let before = ''
  for (const character of text) {
    if (before) width += kernOf(before, character) + tracking
    width += advanceOf(character)
    before = character
  }
  return width
}
