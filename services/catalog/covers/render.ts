import { createHash } from 'node:crypto'
import { loadSharp, type Sharp } from './sharp.ts'

/** Of anything that is decoded, in pixels: 40 megapixels are a good camera, and take 160 MB. */
const mostPixels = 40_000_000
const leastSide = 16
export const renditionWidths = [240, 480, 960] as const
/** A cover is taller than wide, not a ribbon. */
const tallest = 2
const secondsAtMost = 10

/** What was sent is no image that we can read. */
export class UnreadableImage extends Error {}

export interface Rendition {
  type: 'webp' | 'jpg'
  width: number
  bytes: Buffer
}

export interface Rendered {
  /** Of the content. */
  id: string
  /** Of the largest rendition. */
  width: number
  height: number
  renditions: Rendition[]
}

const open = (sharp: Sharp, bytes: Buffer) => sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', pages: 1 })

interface Raw {
  data: Buffer
  info: { width: number; height: number; channels: 1 | 2 | 3 | 4 }
}

/** The first frame, upright, on white, no larger than the largest rendition. Nothing of the file but its pixels stays. */
async function decode(sharp: Sharp, bytes: Buffer): Promise<Raw> {
  const largest = renditionWidths[renditionWidths.length - 1] as number
  const { data, info } = await open(sharp, bytes)
    .timeout({ seconds: secondsAtMost })
    .autoOrient()
    .resize({ width: largest, height: largest * tallest, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (Math.min(info.width, info.height) < leastSide) throw new UnreadableImage('The image is too small')
  return { data, info: info as Raw['info'] }
}

async function encode(sharp: Sharp, { data, info }: Raw, width: number): Promise<Rendition[]> {
  const { width: from, height, channels } = info
  const image = sharp(data, { raw: { width: from, height, channels } }).resize({ width })
  const [webp, jpg] = await Promise.all([
    image.clone().webp({ quality: 78, effort: 3 }).toBuffer(),
    image.clone().jpeg({ quality: 80, progressive: true }).toBuffer(),
  ])
  return [
    { type: 'webp', width, bytes: webp },
    { type: 'jpg', width, bytes: jpg },
  ]
}

/**
 * Decodes an image whole and writes it anew in all widths up to its own.
 * @throws UnreadableImage for what is no image, is cut off, or unpacks to too much.
 */
export async function renderCover(bytes: Buffer): Promise<Rendered> {
  const sharp = await loadSharp()
  const raw = await decode(sharp, bytes).catch((error: unknown) => {
    if (error instanceof UnreadableImage) throw error
    throw new UnreadableImage('The image cannot be read', { cause: error })
  })
  const { width, height } = raw.info
  const smaller = renditionWidths.filter((candidate) => candidate < width)
  const renditions: Rendition[] = []
  for (const size of [...smaller, width]) renditions.push(...(await encode(sharp, raw, size)))
  const hash = createHash('sha256')
  for (const rendition of renditions) hash.update(rendition.bytes)
  return { id: hash.digest('hex').slice(0, 32), width, height, renditions }
}
