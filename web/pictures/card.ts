import { drawCover } from '../covers/draw.ts'
import { Letters } from '../covers/letters.ts'
import { type TextBox, typeset } from '../covers/typeset.ts'
import type { CoverText } from '../covers/url.ts'
import { grounds } from '../theme/theme.ts'

export const cardWidth = 1200
export const cardHeight = 630
const cover = { left: 84, top: 60, width: 340, height: 510 }
const left = 500
const width = cardWidth - left - 80

const box = (y: number, height: number, anchor: TextBox['anchor'], size: TextBox['size']): TextBox => ({
  x: left,
  y,
  width,
  height,
  align: 'start',
  anchor,
  size,
  leading: 1.12,
})

const ink = '#211a14'
const muted = '#5d5145'

function paper(text: CoverText, shopName: string, accent: string): string {
  const letters = new Letters()
  const words =
    letters.write(typeset(text.title.normalize('NFC'), box(70, 330, 'bottom', [84, 30])), ink) +
    letters.write(typeset(text.author.normalize('NFC'), box(414, 60, 'top', [34, 18])), muted) +
    letters.write(typeset(shopName.normalize('NFC'), box(524, 50, 'top', [30, 16])), accent)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${cardWidth} ${cardHeight}" width="${cardWidth}" height="${cardHeight}">` +
    `<defs>${letters.definitions()}</defs><rect width="${cardWidth}" height="${cardHeight}" fill="${grounds.light.paper}"/>` +
    `<rect width="${cardWidth}" height="14" fill="${accent}"/>` +
    `<rect x="${cover.left + 8}" y="${cover.top + 10}" width="${cover.width}" height="${cover.height}" fill="#e0d3bd"/>` +
    `<rect x="${left}" y="500" width="72" height="4" fill="${accent}"/>${words}</svg>`
  )
}

/** The card of a book as PNG: its drawn cover beside its name. */
export async function drawCard(text: CoverText, shopName: string, accent: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp')
  const picture = await sharp(Buffer.from(drawCover(text)))
    .resize(cover.width, cover.height)
    .png()
    .toBuffer()
  return sharp(Buffer.from(paper(text, shopName, accent)))
    .composite([{ input: picture, left: cover.left, top: cover.top }])
    .png({ palette: true, colours: 128 })
    .toBuffer()
}
