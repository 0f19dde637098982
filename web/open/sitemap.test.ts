import { expect, it } from 'vitest'
import { mostAddresses, siteMap } from './sitemap.ts'

const booksOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `book-${index}`, updatedAt: '2026-11-01T00:00:00.000Z' }))
const origin = 'https://a.example'
const addresses = (text = '') => [...text.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url]) => url ?? '')

it('is one set as long as it fits, each page in each language naming the others', () => {
  const text = siteMap(origin, ['es', 'en'], booksOf(2))
  expect(addresses(text)).toHaveLength(10)
  expect(text).toContain(
    '<loc>https://a.example/en/books/book-1</loc><lastmod>2026-11-01T00:00:00.000Z</lastmod>' +
      '<xhtml:link rel="alternate" hreflang="es" href="https://a.example/es/books/book-1"/>' +
      '<xhtml:link rel="alternate" hreflang="en" href="https://a.example/en/books/book-1"/>',
  )
  expect(siteMap(origin, ['es', 'en'], booksOf(2), 1)).toBeUndefined()
})

it('is an index of sets beyond that, which hold every page once', () => {
  const books = booksOf(12_000)
  const index = siteMap(origin, ['es', 'en'], books)
  expect(index).toContain('<sitemapindex')
  const parts = addresses(index)
  expect(parts[0]).toBe('https://a.example/sitemap-1.xml')
  const all = parts.flatMap((_, place) => {
    const part = addresses(siteMap(origin, ['es', 'en'], books, place + 1))
    expect(part.length).toBeLessThanOrEqual(mostAddresses)
    return part
  })
  expect(new Set(all).size).toBe(all.length)
  expect(all).toHaveLength((12_000 + 3) * 2)
  for (const part of [0, parts.length + 1]) expect(siteMap(origin, ['es', 'en'], books, part)).toBeUndefined()
})
