import { sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { ApiProblem } from '../gateway/api.ts'
import { type BookQuery, browse } from '../gateway/catalog.ts'
import { type BookPage, conditions } from '../gateway/schemas.ts'
import { readPrice } from '../i18n/format.ts'
import { BrowsePage } from '../pages/browse.tsx'
import { type Chosen, sorts } from '../pages/chosen.ts'

const perPage = '24'
const none: BookPage = {
  items: [],
  next: null,
  facets: { languages: [], conditions: [], authors: [], total: 0, capped: false },
}

const among = <Value extends string>(values: readonly Value[], text: string | null): Value | undefined =>
  values.find((value) => value === text)

/** What the address asks for. Values that mean nothing are left out rather than refused: addresses are typed by people. */
export function chosenOf({ query, site }: Visit): Chosen {
  const text = (name: string, most = 200) =>
    (query.get(name) ?? '').trim().slice(0, most).toWellFormed().replaceAll('\0', '')
  const price = (name: string) => (readPrice(text(name), site.currency) === undefined ? '' : text(name))
  return {
    q: text('q'),
    author: text('author'),
    language: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(text('language')) ? text('language') : '',
    condition: among(conditions, query.get('condition')) ?? '',
    minPrice: price('minPrice'),
    maxPrice: price('maxPrice'),
    inStock: query.get('inStock') === 'true' ? 'true' : '',
    sort: among(sorts, query.get('sort')) ?? '',
    cursor: text('cursor', 4_000),
  }
}

function queryOf({ site }: Visit, chosen: Chosen): BookQuery {
  const minor = (text: string) => (text ? String(readPrice(text, site.currency)) : '')
  return {
    ...chosen,
    minPrice: minor(chosen.minPrice),
    maxPrice: minor(chosen.maxPrice),
    sort: chosen.sort || (chosen.q ? 'relevance' : 'newest'),
    limit: perPage,
  }
}

async function find(visit: Visit, chosen: Chosen): Promise<BookPage> {
  try {
    return await browse(visit.open, queryOf(visit, chosen))
  } catch (error) {
    const refused = error instanceof ApiProblem && (error.status === 400 || error.status === 422)
    if (!refused) throw error
    visit.log.info({ code: error.code }, 'a search that the catalogue refuses')
    // A cursor of another order, or of another version of the shop: begin at the front.
    return chosen.cursor ? find(visit, { ...chosen, cursor: '' }) : none
  }
}

export async function browsePage(visit: Visit): Promise<void> {
  const { t } = visit
  const chosen = chosenOf(visit)
  const found = await find(visit, chosen)
  const instead =
    found.items.length === 0 ? await browse(visit.open, { sort: 'newest', inStock: 'true', limit: '6' }) : none
  const title = chosen.q
    ? t.browse.titleFor(chosen.q)
    : chosen.author
      ? t.browse.titleBy(chosen.author)
      : t.browse.title
  await sendPage(visit, {
    kind: 'browse',
    title,
    description: t.browse.description,
    // One canonical list: its filtered and sorted forms are the same books again.
    ...(!chosen.q && !chosen.cursor && { canonical: '/books' }),
    shared: true,
    body: <BrowsePage title={title} chosen={chosen} found={found} instead={instead.items} />,
  })
}
