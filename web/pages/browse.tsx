import { Shelf } from '../components/book-card.tsx'
import { ArrowIcon } from '../components/icons.tsx'
import { useView } from '../components/view.ts'
import type { Book, BookPage } from '../gateway/schemas.ts'
import { number } from '../i18n/format.ts'
import { ActiveFilters, Filters } from './browse-filters.tsx'
import type { Chosen } from './chosen.ts'

export interface BrowseProps {
  title: string
  chosen: Chosen
  found: BookPage
  /** Shown when nothing was found. */
  instead: readonly Book[]
}

function Pages({ chosen, next }: { chosen: Chosen; next: string | null }) {
  const { t, to } = useView()
  if (!next && !chosen.cursor) return null
  return (
    <nav class="pages" aria-label={t.browse.pages}>
      {chosen.cursor && (
        <a class="button quiet" href={to('/books', { ...chosen, cursor: '' })}>
          {t.browse.first}
        </a>
      )}
      {next && (
        <a class="button" rel="next" href={to('/books', { ...chosen, cursor: next })}>
          {t.browse.next} <ArrowIcon />
        </a>
      )}
    </nav>
  )
}

function Nothing({ instead }: { instead: readonly Book[] }) {
  const { t, to } = useView()
  return (
    <>
      <div class="nothing">
        <h2>{t.browse.none}</h2>
        <p class="lead">{t.browse.noneLead}</p>
        <p class="actions">
          <a class="button quiet" href={to('/books')}>
            {t.browse.seeAll}
          </a>
        </p>
      </div>
      <Shelf books={instead} />
    </>
  )
}

export function BrowsePage({ title, chosen, found, instead }: BrowseProps) {
  const { t, lang } = useView()
  const count = found.items.length
  return (
    <>
      <h1>{title}</h1>
      <div class="browse">
        <Filters chosen={chosen} found={found} />
        <section class="results" id="results" aria-label={t.browse.results}>
          <ActiveFilters chosen={chosen} />
          {count === 0 ? (
            <Nothing instead={instead} />
          ) : (
            <>
              <p class="results-count" role="status">
                {found.facets.capped && '+'}
                {t.browse.count(number(lang, found.facets.total), found.facets.total === 1)}
              </p>
              <Shelf books={found.items} eager={6} level={2} />
            </>
          )}
          <Pages chosen={chosen} next={found.next} />
        </section>
      </div>
    </>
  )
}
