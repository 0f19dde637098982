import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../services/kit/secret.ts'
import { Signer } from '../cart/signed.ts'
import { contrast, parseHex } from '../theme/color.ts'
import { type Composition, coverHeight, coverWidth, type Lettering } from './composition.ts'
import { compositions, drawCover } from './draw.ts'
import { unitsPerEm, widthOf } from './glyphs.ts'
import { palettes } from './palettes.ts'
import { randomFrom } from './random.ts'
import { typeset } from './typeset.ts'
import { drawnCoverUrl, readCoverUrl } from './url.ts'

interface Seed {
  title: string
  author: string
}
const catalogue = JSON.parse(
  readFileSync(new URL('../../services/catalog/seed/classics.json', import.meta.url), 'utf8'),
) as Seed[]

const hostile = [
  '',
  ' ',
  'A',
  'W'.repeat(300),
  'i'.repeat(300),
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch',
  'de la '.repeat(50),
  '<svg onload=alert(1)>"&\'</svg>',
  ']]><script>alert(1)</script>',
  'لا تحزن إن الله معنا',
  '吾輩は猫である'.repeat(20),
  '👩‍👩‍👧‍👦📚'.repeat(30),
  'Z̸̡̢̛͎̙̹̱a̶̧͔l̵g̷o̸'.repeat(10),
  '\u202eesrever',
  '\ud800 lone',
  'tab\tnew\nline\u0000nul',
  '—'.repeat(80),
  'a-b-c-d/e/f'.repeat(20),
]
const texts = [...catalogue.map(({ title }) => title), ...hostile]
const anyText = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.string({ unit: 'binary', maxLength: 60 }))

const ways = Object.entries(compositions)
const designsOf = (way: Composition, title: string) =>
  palettes.map((palette, index) => ({ palette, design: way({ palette, random: randomFrom(index * 7919), title }) }))

function expectInside(text: string, { box }: Lettering): void {
  const set = typeset(text, box)
  expect(set.size).toBeGreaterThanOrEqual(box.size[1])
  for (const line of set.lines) {
    expect(line.x, text).toBeGreaterThanOrEqual(box.x - 0.01)
    expect(line.x + line.width, text).toBeLessThanOrEqual(box.x + box.width + 0.01)
    expect(line.y - set.size * 0.92, text).toBeGreaterThanOrEqual(box.y - 0.01)
    expect(line.y + set.size * 0.26, text).toBeLessThanOrEqual(box.y + box.height + 0.01)
    const real = (widthOf(line.text, set.tracking) * set.size) / unitsPerEm
    // One letter that is wider than its line is squeezed; no line of several ever is.
    if ([...line.text].length > 2) expect(real, line.text).toBeLessThanOrEqual(line.width + 0.5)
  }
}

describe.each(ways)('a cover of %s', (_, way) => {
  const [{ design } = { design: undefined }] = designsOf(way, 'Niebla')
  if (!design) throw new Error('no design')

  it('keeps every title and author within its place, over the whole catalogue and hostile ones', () => {
    for (const text of texts) for (const place of [design.title, design.author]) expectInside(text, place)
  })

  it('keeps any text within its place', () => {
    fc.assert(
      fc.property(anyText, (text) => expectInside(text, design.title)),
      { numRuns: 60 },
    )
  })

  it('gives title and author places of their own, on the cover', () => {
    const [title, author] = [design.title.box, design.author.box]
    for (const box of [title, author]) {
      expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(12)
      expect(box.x + box.width).toBeLessThanOrEqual(coverWidth - 12)
      expect(box.y + box.height).toBeLessThanOrEqual(coverHeight - 4)
    }
    const apart =
      title.y + title.height <= author.y || author.y + author.height <= title.y || title.x + title.width <= author.x
    expect(apart).toBe(true)
  })

  it('draws well-formed pictures without anything active in them', () => {
    for (const title of hostile) {
      const svg = drawCover({ title, author: title }, way)
      expect(svg).not.toMatch(/<script|<foreignObject|<[^>]*\son\w+=|href="(?!#)|<svg[^>]*<svg|NaN|undefined/i)
      expect(svg.isWellFormed()).toBe(true)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML allows none of these
      expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
    }
  })
})

describe('covers', () => {
  it('have letters that can be read on their ground', () => {
    for (const { ground, ink } of palettes)
      expect(contrast(parseHex(ground), parseHex(ink)), ground).toBeGreaterThan(4.5)
  })

  it('are the same for the same book, and many for a shelf', () => {
    const [first] = catalogue
    if (!first) throw new Error('an empty catalogue')
    expect(drawCover(first)).toBe(drawCover({ ...first }))
    expect(new Set(catalogue.map((book) => drawCover(book))).size).toBe(catalogue.length)
  })

  it('weigh little', () => {
    const sizes = catalogue.map((book) => drawCover(book).length)
    expect(Math.max(...sizes)).toBeLessThan(24_000)
  })
})

describe('the address of a cover', () => {
  const signer = new Signer(new Secret('k'.repeat(32)), 'covers')
  const parse = (url: string) => {
    const { pathname, searchParams } = new URL(url, 'https://shop.example')
    return readCoverUrl(pathname.slice('/covers/'.length, -'.svg'.length), searchParams, signer)
  }

  it('holds what is drawn, of any length', () => {
    for (const title of texts) {
      const read = parse(drawnCoverUrl({ title, author: 'x' }, signer))
      expect(read?.title).toBe(title.slice(0, 300).toWellFormed())
    }
  })

  it('is good for nothing when somebody else wrote it', () => {
    const url = drawnCoverUrl({ title: 'Niebla', author: 'Unamuno' }, signer)
    expect(parse(url.replace('Niebla', 'Lies'))).toBeUndefined()
    expect(parse('/covers/AAAAAAAAAAAAAAAAAAAAAA.svg?t=Lies')).toBeUndefined()
  })
})
