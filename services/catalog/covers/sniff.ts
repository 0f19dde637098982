export const imageTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/avif'] as const
export type ImageType = (typeof imageTypes)[number]

const ascii = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to)

/** Brands of the ISO base media format that mean AVIF. https://aomediacodec.github.io/av1-avif/ */
const avifBrands = ['avif', 'avis']

function isAvif(bytes: Buffer): boolean {
  if (ascii(bytes, 4, 8) !== 'ftyp') return false
  const brands = ascii(bytes, 8, Math.min(bytes.readUInt32BE(0), 64))
  return avifBrands.some((brand) => brands.includes(brand))
}

/** What the first bytes say an image is, whatever its sender says; undefined for anything that we do not take. */
export function sniffImage(bytes: Buffer): ImageType | undefined {
  if (bytes.length < 16) return undefined
  if (bytes.readUInt32BE(0) >>> 8 === 0xffd8ff) return 'image/jpeg'
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png'
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp'
  return isAvif(bytes) ? 'image/avif' : undefined
}
