import { type CoverSource, useView } from './view.ts'

/** Every cover takes two by three, whatever its picture, so that nothing moves when it arrives. */
export const coverSize = { width: 400, height: 600 }

/** `alt` is empty where the title stands beside it. The first covers of a page are eager. */
export function Cover({ book, alt = '', eager = false }: { book: CoverSource; alt?: string; eager?: boolean }) {
  const { coverUrl } = useView()
  return (
    <img
      class="cover"
      src={coverUrl(book)}
      alt={alt}
      {...coverSize}
      loading={eager ? 'eager' : 'lazy'}
      decoding="async"
    />
  )
}
