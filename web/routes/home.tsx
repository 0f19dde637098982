import { sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { shopData } from '../found/data.ts'
import { browse } from '../gateway/catalog.ts'
import type { Book } from '../gateway/schemas.ts'
import { HomePage } from '../pages/home.tsx'

/** The book with the most to say: a blurb makes a better window than a bare title. */
function pickFeatured(books: readonly Book[]): Book | undefined {
  return books.toSorted((a, b) => b.description.length - a.description.length)[0]
}

const onShelf = 12

function noticeOf({ t, query }: Visit): string | undefined {
  if (query.get('done') === 'out') return t.logout.done
  return query.get('done') === 'closed' ? t.account.closed : undefined
}

export async function home(visit: Visit): Promise<void> {
  const [arrivals, bargains] = await Promise.all([
    browse(visit.open, { sort: 'newest', inStock: 'true', limit: '24' }),
    browse(visit.open, { sort: 'price', inStock: 'true', limit: '6' }),
  ])
  const shown = new Set(arrivals.items.slice(0, onShelf).map(({ id }) => id))
  const props = {
    arrivals: arrivals.items.slice(0, onShelf),
    window: arrivals.items.slice(onShelf, onShelf + 4),
    bargains: bargains.items.filter(({ id }) => !shown.has(id)),
    featured: pickFeatured(arrivals.items.slice(onShelf + 4)),
    notice: noticeOf(visit),
    languages: arrivals.facets.languages.slice(0, 12),
  }
  const { shop, origin, pictures } = visit.site
  await sendPage(visit, {
    kind: 'home',
    title: visit.site.shop.name,
    description: visit.t.home.lead,
    canonical: '/',
    data: shopData(shop, origin, visit.lang, origin + pictures.iconUrl('large')),
    shared: true,
    body: <HomePage {...props} />,
  })
}
