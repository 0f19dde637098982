import type { Book } from '../gateway/schemas.ts'
import { Shelf } from './book-card.tsx'
import { PostLink } from './post-form.tsx'
import { useView } from './view.ts'

/**
 * The place of the books seen lately. A script fills it, so that the page around it stays the same for everybody and may
 * be kept by the edge. On a book's page `book` is noted as seen.
 */
export function SeenPlace({ book }: { book?: string }) {
  const { to } = useView()
  return (
    <section id="seen" class="others" aria-labelledby="seen-title" hidden data-seen={to('/seen')} data-book={book} />
  )
}

/** What is put there. */
export function SeenShelf({ books }: { books: readonly Book[] }) {
  const { t } = useView()
  return (
    <>
      <div class="section-head">
        <h2 id="seen-title">{t.seen.title}</h2>
        <PostLink class="more" action="/seen" hidden={{ do: 'forget' }} text={t.seen.forget} />
      </div>
      <Shelf books={books} />
    </>
  )
}
