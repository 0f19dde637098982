import type { Book } from '../gateway/schemas.ts'
import { type Money, minorDigits } from '../i18n/format.ts'
import type { Language, Shop } from '../settings.ts'
import type { JsonLd } from './json-ld.ts'

const vocabulary = 'https://schema.org'

/** A price as schema.org writes it: `10.95`, whatever the page's language. */
function decimal({ amount, currency }: Money): string {
  const digits = minorDigits(currency)
  return (amount / 10 ** digits).toFixed(digits)
}

/** A year as ISO 8601 has it; years before Christ are left out, since few readers of the data know them. */
const published = (year: number | null | undefined): JsonLd =>
  year != null && year > 0 ? { datePublished: String(year).padStart(4, '0') } : {}

/** A book and its offer. `url` and `image` are absolute. */
export function bookData(book: Book, url: string, image: string): JsonLd {
  return {
    '@context': vocabulary,
    '@type': 'Book',
    '@id': url,
    url,
    name: book.title,
    author: { '@type': 'Person', name: book.author },
    inLanguage: book.language,
    ...published(book.year),
    ...(book.description && { description: book.description }),
    image,
    offers: {
      '@type': 'Offer',
      url,
      price: decimal(book.price),
      priceCurrency: book.price.currency,
      availability: `${vocabulary}/${book.stock > 0 ? 'InStock' : 'SoldOut'}`,
      itemCondition: `${vocabulary}/${book.condition === 'new' ? 'NewCondition' : 'UsedCondition'}`,
      seller: { '@type': 'Person', name: book.seller.name },
    },
  }
}

/** The shop and its site, with the address that searches it. */
export function shopData(shop: Shop, origin: string, lang: Language, logo: string): JsonLd {
  const organization = `${origin}/#shop`
  return {
    '@context': vocabulary,
    '@graph': [
      { '@type': 'Organization', '@id': organization, name: shop.name, url: `${origin}/`, logo },
      {
        '@type': 'WebSite',
        '@id': `${origin}/${lang}/#site`,
        url: `${origin}/${lang}/`,
        name: shop.name,
        description: shop.tagline[lang],
        inLanguage: lang,
        publisher: { '@id': organization },
        potentialAction: {
          '@type': 'SearchAction',
          target: { '@type': 'EntryPoint', urlTemplate: `${origin}/${lang}/books?q={search_term_string}` },
          'query-input': 'required name=search_term_string',
        },
      },
    ],
  }
}
