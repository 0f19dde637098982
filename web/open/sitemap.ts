import type { Context } from 'koa'
import { notFoundHere } from '../app/errors.ts'
import type { Site } from '../app/site.ts'
import { hashOf } from '../assets/assets.ts'
import { escapeXml } from '../covers/xml.ts'
import type { Listed } from '../gateway/listing.ts'
import type { BookList } from './book-list.ts'

/** Addresses in one file; more of them make an index. The protocol takes 50,000 and 50 MB. */
export const mostAddresses = 10_000
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const namespace = 'http://www.sitemaps.org/schemas/sitemap/0.9'

interface Page {
  path: string
  changed?: string
}

const pagesOf = (books: readonly Listed[]): Page[] => [
  ...['/', '/books', '/about'].map((path) => ({ path })),
  ...books.map(({ id, updatedAt }) => ({ path: `/books/${id}`, changed: updatedAt })),
]

/** A page in each of its languages, each entry naming all of them. */
function entriesOf(origin: string, languages: readonly string[], { path, changed }: Page): string {
  const address = (lang: string) => escapeXml(`${origin}/${lang}${path}`)
  const others = languages
    .map((lang) => `<xhtml:link rel="alternate" hreflang="${lang}" href="${address(lang)}"/>`)
    .join('')
  const when = changed ? `<lastmod>${escapeXml(changed)}</lastmod>` : ''
  return languages.map((lang) => `<url><loc>${address(lang)}</loc>${when}${others}</url>\n`).join('')
}

const urlSet = (origin: string, languages: readonly string[], pages: readonly Page[]) =>
  `${declaration}<urlset xmlns="${namespace}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n` +
  `${pages.map((page) => entriesOf(origin, languages, page)).join('')}</urlset>\n`

const indexOf = (origin: string, parts: number) =>
  `${declaration}<sitemapindex xmlns="${namespace}">\n` +
  Array.from(
    { length: parts },
    (_, index) => `<sitemap><loc>${escapeXml(origin)}/sitemap-${index + 1}.xml</loc></sitemap>\n`,
  ).join('') +
  '</sitemapindex>\n'

/**
 * The site map: one set of addresses, or an index of sets when there are more than `mostAddresses`.
 * @param part from 1 for a set of the index, undefined for the map itself. Undefined when there is no such part.
 */
export function siteMap(
  origin: string,
  languages: readonly string[],
  books: readonly Listed[],
  part?: number,
): string | undefined {
  const pages = pagesOf(books)
  const perPart = Math.floor(mostAddresses / languages.length)
  const parts = Math.ceil(pages.length / perPart)
  if (part === undefined) return parts === 1 ? urlSet(origin, languages, pages) : indexOf(origin, parts)
  if (parts === 1 || part < 1 || part > parts) return undefined
  return urlSet(origin, languages, pages.slice((part - 1) * perPart, part * perPart))
}

/** Answers `/sitemap.xml` and `/sitemap-<part>.xml`. */
export async function sendSiteMap(site: Site, context: Context, list: BookList, part?: number): Promise<void> {
  const text = siteMap(site.origin, site.shop.languages, await list.read(), part)
  if (text === undefined) throw notFoundHere()
  context.set('cache-control', 'public, max-age=3600')
  context.set('etag', `"${hashOf(text)}"`)
  context.body = text
  context.type = 'application/xml; charset=utf-8'
}

/** Answers `/robots.txt`: pages that belong to somebody are nothing for search engines. */
export function sendRobots(site: Site, context: Context): void {
  const own = ['account', 'cart', 'checkout', 'orders', 'my-books', 'sell', 'seen', 'suggestions']
  const refused = site.shop.languages.flatMap((lang) => own.map((page) => `Disallow: /${lang}/${page}\n`))
  context.set('cache-control', 'public, max-age=3600')
  context.body = `User-agent: *\nAllow: /api/catalog/covers/\nDisallow: /api/\n${refused.join('')}\nSitemap: ${site.origin}/sitemap.xml\n`
  context.type = 'text/plain; charset=utf-8'
}
