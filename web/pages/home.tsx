import { foreign, Shelf } from '../components/book-card.tsx'
import { Cover } from '../components/cover.tsx'
import { ArrowIcon } from '../components/icons.tsx'
import { Notice } from '../components/notice.tsx'
import { SeenPlace } from '../components/seen.tsx'
import { useView } from '../components/view.ts'
import type { Book, FacetValue } from '../gateway/schemas.ts'
import { languageName, number } from '../i18n/format.ts'

export interface HomeProps {
  arrivals: readonly Book[]
  /** Covers for the eye: the next ones, so that no book stands twice on the page. */
  window: readonly Book[]
  bargains: readonly Book[]
  featured: Book | undefined
  languages: readonly FacetValue[]
  notice: string | undefined
}

function Hero({ covers }: { covers: readonly Book[] }) {
  const { t, to, shop, lang } = useView()
  return (
    <section class="hero">
      <div class="hero-text">
        <h1>{shop.tagline[lang] || shop.name}</h1>
        <p class="lead">{t.home.lead}</p>
        <p class="actions">
          <a class="button" href={to('/books')}>
            {t.home.browse}
          </a>
          <a class="button quiet" href={to('/sell')}>
            {t.home.sell}
          </a>
        </p>
      </div>
      {covers.length > 0 && (
        <div class="hero-shelf" aria-hidden="true">
          {covers.map((book) => (
            <Cover key={book.id} book={book} eager />
          ))}
        </div>
      )}
    </section>
  )
}

function SectionHead({
  id,
  title,
  lead,
  href,
  more,
}: {
  id: string
  title: string
  lead?: string
  href: string
  more: string
}) {
  return (
    <div class="section-head">
      <h2 id={id}>{title}</h2>
      {lead && <p>{lead}</p>}
      <a class="more" href={href}>
        {more} <ArrowIcon />
      </a>
    </div>
  )
}

function Featured({ book }: { book: Book }) {
  const { t, to, lang, money } = useView()
  return (
    <section class="featured" aria-labelledby="featured">
      <div class="featured-cover">
        <Cover book={book} />
      </div>
      <div class="featured-text">
        <p class="eyebrow" id="featured">
          {t.home.featured}
        </p>
        <h2 {...foreign(book.language, lang)}>{book.title}</h2>
        <p class="byline">{book.author}</p>
        <p class="blurb">{book.description}</p>
        <p class="actions">
          <a class="button" href={to(`/books/${book.id}`)}>
            {t.home.featuredMore}
            <span class="visually-hidden">: {book.title}</span>
          </a>
          <span class="money">{money(book.price)}</span>
        </p>
      </div>
    </section>
  )
}

function Languages({ languages }: { languages: readonly FacetValue[] }) {
  const { t, to, lang } = useView()
  return (
    <section aria-labelledby="languages" class="languages">
      <div class="section-head">
        <h2 id="languages">{t.home.languages}</h2>
        <p>{t.home.languagesLead}</p>
      </div>
      <ul class="chips">
        {languages.map(({ value, count }) => (
          <li key={value}>
            <a class="chip" href={to('/books', { language: value })}>
              {languageName(lang, value)} <span class="chip-count">{number(lang, count)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function HomePage({ window: shown, arrivals, bargains, featured, languages, notice }: HomeProps) {
  const { t, to } = useView()
  return (
    <>
      <Notice text={notice} />
      <Hero covers={shown.length > 2 ? shown : arrivals.slice(0, 4)} />
      {arrivals.length === 0 && <p class="lead empty-note">{t.home.empty}</p>}
      {arrivals.length > 0 && (
        <section aria-labelledby="arrivals">
          <SectionHead
            id="arrivals"
            title={t.home.arrivals}
            href={to('/books', { sort: 'newest' })}
            more={t.home.allArrivals}
          />
          <Shelf books={arrivals} />
        </section>
      )}
      {featured && <Featured book={featured} />}
      {bargains.length > 0 && (
        <section aria-labelledby="bargains">
          <SectionHead
            id="bargains"
            title={t.home.bargains}
            lead={t.home.bargainsLead}
            href={to('/books', { sort: 'price' })}
            more={t.home.allBargains}
          />
          <Shelf books={bargains} />
        </section>
      )}
      <SeenPlace />
      {languages.length > 1 && <Languages languages={languages} />}
      <section class="invite">
        <h2>{t.home.sellTitle}</h2>
        <p>{t.home.sellLead}</p>
        <a class="button on-accent" href={to('/sell')}>
          {t.home.sell}
        </a>
      </section>
    </>
  )
}
