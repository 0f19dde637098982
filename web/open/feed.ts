import type { Context } from 'koa'
import type { Site } from '../app/site.ts'
import { openApi } from '../app/visit.ts'
import { hashOf } from '../assets/assets.ts'
import { escapeXml } from '../covers/xml.ts'
import { arrivals, type DatedBook } from '../gateway/listing.ts'
import { money } from '../i18n/format.ts'
import { messages } from '../i18n/messages.ts'
import type { Language } from '../settings.ts'

const newest = 30
/** Of a shop without books: a feed must say when it changed, and it never did. */
const never = '1970-01-01T00:00:00.000Z'

function entry(site: Site, lang: Language, book: DatedBook): string {
  const t = messages[lang]
  const summary = [`${money(lang, book.price)} · ${t.conditions[book.condition]}`, book.description]
  return (
    `<entry><id>urn:uuid:${escapeXml(book.id)}</id><title>${escapeXml(book.title)}</title>` +
    `<author><name>${escapeXml(book.author)}</name></author>` +
    `<link rel="alternate" type="text/html" href="${escapeXml(`${site.origin}/${lang}/books/${book.id}`)}"/>` +
    `<published>${escapeXml(book.createdAt)}</published><updated>${escapeXml(book.updatedAt)}</updated>` +
    `<summary>${escapeXml(summary.filter(Boolean).join('\n'))}</summary></entry>\n`
  )
}

/** New arrivals as Atom (RFC 4287). */
export function feedOf(site: Site, lang: Language, books: readonly DatedBook[]): string {
  const t = messages[lang]
  const self = `${site.origin}/${lang}/feed.atom`
  const changed =
    books
      .map(({ updatedAt }) => updatedAt)
      .sort()
      .at(-1) ?? never
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${lang}">\n` +
    `<id>${escapeXml(self)}</id><title>${escapeXml(t.feed.title(site.shop.name))}</title>` +
    `<subtitle>${escapeXml(site.shop.tagline[lang])}</subtitle>` +
    `<link rel="self" type="application/atom+xml" href="${escapeXml(self)}"/>` +
    `<link rel="alternate" type="text/html" hreflang="${lang}" href="${escapeXml(`${site.origin}/${lang}/`)}"/>` +
    `<icon>${escapeXml(site.origin + site.assets.url('icon.svg'))}</icon>` +
    `<author><name>${escapeXml(site.shop.name)}</name></author><updated>${escapeXml(changed)}</updated>\n` +
    `${books.map((book) => entry(site, lang, book)).join('')}</feed>\n`
  )
}

/** Answers `/<lang>/feed.atom`. */
export async function sendFeed(site: Site, context: Context, lang: Language): Promise<void> {
  const text = feedOf(site, lang, await arrivals(openApi(site, context), newest))
  context.set('cache-control', 'public, max-age=300')
  context.set('etag', `"${hashOf(text)}"`)
  context.body = text
  context.type = 'application/atom+xml; charset=utf-8'
}
