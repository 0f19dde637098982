import { Cover } from '../components/cover.tsx'
import { PostLink } from '../components/post-form.tsx'
import { useView } from '../components/view.ts'
import type { Book } from '../gateway/schemas.ts'

function Stock({ book, error }: { book: Book; error: string | undefined }) {
  const { t, to } = useView()
  const id = `stock-${book.id}`
  return (
    <form class="stock-form" method="post" action={to(`/my-books/${book.id}`)}>
      <input type="hidden" name="do" value="stock" />
      <input type="hidden" name="was" value={book.stock} />
      <label for={id}>
        <span aria-hidden="true">{t.sales.copies}</span>
        <span class="visually-hidden">{t.sales.copiesOf(book.title)}</span>
      </label>
      <input
        id={id}
        name="stock"
        type="number"
        inputMode="numeric"
        min={0}
        max={10_000}
        value={book.stock}
        required
        {...(error && { 'aria-invalid': 'true' as const, 'aria-describedby': `${id}-error`, autofocus: true })}
      />
      <button class="button quiet small" type="submit" aria-label={t.sales.saveCopiesOf(book.title)}>
        {t.sales.saveCopies}
      </button>
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </form>
  )
}

function PauseOrResume({ book: { id, title, onSale } }: { book: Book }) {
  const { sales } = useView().t
  const action = `/my-books/${id}`
  if (onSale)
    return <PostLink action={action} hidden={{ do: 'pause' }} text={sales.pause} label={sales.pauseOf(title)} />
  return <PostLink action={action} hidden={{ do: 'resume' }} text={sales.resume} label={sales.resumeOf(title)} />
}

/** A book in its seller's list, with what is done most often at hand. */
export function MyBookRow({ book, stockError }: { book: Book; stockError: string | undefined }) {
  const { t, to, money } = useView()
  return (
    <li class={book.onSale ? undefined : 'row-paused'}>
      <Cover book={book} />
      <div>
        <p class="line-title">
          <a href={to(`/books/${book.id}`)}>{book.title}</a>
        </p>
        <p class="line-author">{book.author}</p>
        <p class="line-author">
          {money(book.price)}
          {!book.onSale && (
            <>
              {' · '}
              <strong class="status">{t.sales.paused}</strong>
            </>
          )}
          {book.stock < 1 && ` · ${t.book.soldOut}`}
        </p>
      </div>
      <div class="row-tools">
        <Stock book={book} error={stockError} />
        <div class="card-actions">
          <a class="row-action" href={to(`/my-books/${book.id}`)} aria-label={t.mine.editOf(book.title)}>
            {t.mine.edit}
          </a>
          <PauseOrResume book={book} />
        </div>
      </div>
    </li>
  )
}
