import type sharp from 'sharp'

export type Sharp = typeof sharp

/** Only what we take can be decoded at all; SVG, PDF and others would open files and fetch addresses. */
const formats = ['Jpeg', 'Png', 'Webp', 'Heif'].map((format) => `VipsForeignLoad${format}Buffer`)

async function load(): Promise<Sharp> {
  const { default: sharp } = await import('sharp')
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: formats })
  sharp.cache(false)
  // Several covers at once are the studio's business; one uses one thread.
  sharp.concurrency(1)
  return sharp
}

let loaded: Promise<Sharp> | undefined

/** Loaded by the first upload: where nobody uploads a cover, nobody pays for libvips with 10 MB of memory. */
export function loadSharp(): Promise<Sharp> {
  loaded ??= load()
  return loaded
}
