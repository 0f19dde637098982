import type { Cover as Image } from '../gateway/schemas.ts'
import { type CoverSource, useView } from './view.ts'

/** Every cover takes two by three, whatever its picture, so that nothing moves when it arrives. */
const size = { width: 400, height: 600 }

const urgent = { fetchpriority: 'high' } as const

/** How wide covers stand: on a shelf unless told. */
const shelfSizes = '(width >= 48rem) 14rem, 45vw'

const sourceSet = (renditions: Image['sources']['webp']) =>
  renditions.map(({ width, url }) => `${url} ${width}w`).join(', ')

export interface CoverProps {
  book: CoverSource
  /** Empty where the title stands beside it. */
  alt?: string
  /** The first covers of a page. */
  eager?: boolean
  /** The one that a reader waits for: it comes before all other pictures. */
  awaited?: boolean
  sizes?: string
}

export function Cover({ book, alt = '', eager = false, awaited = false, sizes = shelfSizes }: CoverProps) {
  const { drawnCover } = useView()
  const { cover } = book
  const loading = eager || awaited ? 'eager' : 'lazy'
  const image = { class: 'cover', ...size, loading, decoding: 'async', ...(awaited && urgent) } as const
  if (!cover) return <img {...image} alt={alt} src={drawnCover(book)} />
  return (
    <picture>
      <source type="image/webp" srcset={sourceSet(cover.sources.webp)} sizes={sizes} />
      <img {...image} alt={alt} src={cover.url} srcset={sourceSet(cover.sources.jpeg)} sizes={sizes} />
    </picture>
  )
}
