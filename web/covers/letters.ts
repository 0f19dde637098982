import { advanceOf, glyphOf, kernOf, unitsPerEm } from './glyphs.ts'
import type { SetLine, SetText } from './typeset.ts'
import { escapeXml } from './xml.ts'

const round = (value: number) => Math.round(value * 100) / 100

/** Writes set text as outlines; each letter's outline stands once in the picture, however often it is used. */
export class Letters {
  readonly #ids = new Map<string, string>()

  /** The outlines that `write` referred to. */
  definitions(): string {
    return [...this.#ids].map(([letter, id]) => `<path id="${id}" d="${glyphOf(letter)?.path}"/>`).join('')
  }

  write(text: SetText, fill: string): string {
    return text.lines.map((line) => this.#line(line, text, fill)).join('')
  }

  #line(line: SetLine, { size, tracking }: SetText, fill: string): string {
    if ([...line.text].some((character) => !glyphOf(character))) return this.#plain(line, size, fill)
    const scale = round((size / unitsPerEm) * 100) / 100
    let at = 0
    let before = ''
    let uses = ''
    for (const character of line.text) {
      if (before) at += kernOf(before, character) + tracking
      if (glyphOf(character)?.path) uses += `<use href="#${this.#idOf(character)}" x="${Math.round(at)}"/>`
      at += advanceOf(character)
      before = character
    }
    return `<g fill="${fill}" transform="translate(${round(line.x)} ${round(line.y)}) scale(${scale} ${-scale})">${uses}</g>`
  }

  /** Scripts that we have no outlines for: the reader's fonts, held to the width that was set aside. */
  #plain({ text, x, y, width }: SetLine, size: number, fill: string): string {
    const held = width > 0 ? ` textLength="${round(width)}" lengthAdjust="spacingAndGlyphs"` : ''
    const font = "Georgia,'Noto Serif','Noto Serif CJK JP',serif"
    return `<text x="${round(x)}" y="${round(y)}" font-family="${font}" font-size="${round(size)}" fill="${fill}"${held}>${escapeXml(text)}</text>`
  }

  #idOf(letter: string): string {
    const known = this.#ids.get(letter)
    if (known) return known
    const id = `g${this.#ids.size.toString(36)}`
    this.#ids.set(letter, id)
    return id
  }
}
