import { parseHex, readable, toHex, towards } from '../theme/color.ts'
import { grounds } from '../theme/theme.ts'

/** The colour that static/icon.svg is drawn in. */
const drawn = '#7a1f2b'
const black = parseHex('#14100c')

/** The shop's colour, as far as the book on it can be told from it. */
export const iconColour = (accent: string): string =>
  toHex(readable(parseHex(accent), [parseHex(grounds.light.paper)], towards(black), 3))

/** The icon in the shop's colour. */
export const shopIcon = (svg: string, accent: string): string => svg.replaceAll(drawn, iconColour(accent))

/** To the edges, for those who cut their own shape out of it. */
const bled = (svg: string) => svg.replace(/ rx="\d+"/, '')

export interface IconForm {
  size: number
  bleeds: boolean
}

export async function drawIcon(svg: string, { size, bleeds }: IconForm): Promise<Buffer> {
  const { default: sharp } = await import('sharp')
  // Drawn at its size rather than enlarged: 32 units at 72 dots an inch are 32 pixels.
  const density = (72 * size) / 32
  return sharp(Buffer.from(bleeds ? bled(svg) : svg), { density })
    .resize(size, size)
    .png({ palette: true })
    .toBuffer()
}
