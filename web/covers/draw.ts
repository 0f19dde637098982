import { type Composition, coverHeight, coverWidth } from './composition.ts'
import { Letters } from './letters.ts'
import { palettes } from './palettes.ts'
import { arch, leaves, ridges, sun, waves } from './pictured-compositions.ts'
import { bands, frame, grid, letterform, spine } from './plain-compositions.ts'
import { hash32, randomFrom } from './random.ts'
import { typeset } from './typeset.ts'
import type { CoverText } from './url.ts'
import { escapeXml } from './xml.ts'

export const compositions: Readonly<Record<string, Composition>> = {
  arch,
  bands,
  frame,
  grid,
  leaves,
  letterform,
  ridges,
  spine,
  sun,
  waves,
}
const ways = Object.values(compositions)

/** What is set of a text: composed letters, so that each accent finds its outline. */
const settable = (text: string) => text.normalize('NFC').toWellFormed()

/**
 * Draws the cover of a book as an SVG document of 400 by 600. The same book always gets the same cover; an author's
 * books share their inks, like a series. Letters are outlines, so that it looks the same on every machine.
 */
export function drawCover(text: CoverText, composition?: Composition): string {
  const [title, author] = [settable(text.title), settable(text.author)]
  const seed = hash32(`${author}\n${title}`)
  const palette = palettes[hash32(author) % palettes.length] ?? palettes[0]
  const way = composition ?? ways[seed % ways.length]
  if (!palette || !way) throw new Error('there are always palettes and compositions')
  const design = way({ palette, random: randomFrom(seed), title })
  const letters = new Letters()
  const words =
    letters.write(typeset(title, design.title.box), design.title.ink) +
    letters.write(typeset(author.toUpperCase(), design.author.box), design.author.ink)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${coverWidth} ${coverHeight}" width="${coverWidth}" height="${coverHeight}">` +
    `<title>${escapeXml(`${title}. ${author}`)}</title><defs>${letters.definitions()}</defs>` +
    `<rect width="${coverWidth}" height="${coverHeight}" fill="${palette.ground}"/>${design.picture}${words}</svg>`
  )
}
