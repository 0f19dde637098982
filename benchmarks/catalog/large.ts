import pg from 'pg'
import { build } from '../../bin/build.mjs'
import { fold } from '../../services/catalog/search/fold.ts'
import { searchVector } from '../../services/catalog/search/vector.ts'
import { startCluster } from '../../tests/support/postgres.ts'
import { startShop, type TestShop } from '../../tests/support/shop.ts'

export interface Timing {
  what: string
  /** Milliseconds of one request at a time, through the real process. */
  p50: number
  p95: number
}

/** The words that a book has follow Zipf's law, as words do: a few are in most books, most are in a few. */
function words(random: () => number, count: number): string[] {
  const syllables = ['ba', 'ce', 'di', 'fo', 'gu', 'la', 'me', 'ni', 'po', 'ru', 'sa', 'te', 'vi', 'zo']
  const vocabulary = 20_000
  return Array.from({ length: count }, () => {
    let rank = Math.floor(vocabulary ** random())
    let word = ''
    do {
      word += syllables[rank % syllables.length]
      rank = Math.floor(rank / syllables.length)
    } while (rank > 0)
    return `${word}n`
  })
}

/** The same numbers each time. https://prng.di.unimi.it/splitmix64.c, cut to 32 bits. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
}

const conditions = ['new', 'like-new', 'good', 'fair', 'poor']
const languages = ['es', 'es', 'es', 'es', 'en', 'en', 'fr', 'de', 'it', 'pt']

function bookAt(index: number, random: () => number) {
  const title = words(random, 4).join(' ')
  const author = words(random, 2).join(' ')
  const description = words(random, 30).join(' ')
  const language = index % 1_000 === 0 ? 'la' : (languages[Math.floor(random() * languages.length)] as string)
  return [
    ...[title, author, description, language, Math.floor(random() * 400) + 1620, Math.floor(random() * 9_000) + 300],
    ...[Math.floor(random() * 5), conditions[Math.floor(random() * 5)] as string],
    ...[fold(title), fold(author), searchVector({ title, author, description }), `${index} seconds`],
  ]
}

const insert = `insert into books (seller_id, seller_name, currency, title, author, description, language, year, price, stock,
  condition, title_key, author_key, words, created_at)
  select '00000000-0000-4000-8000-000000000002', 'Many', 'USD', t, a, d, l, y, p, s, c, tk, ak, w::tsvector,
    date_trunc('milliseconds', now() - o::interval)
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[]) as u (t, a, d, l, y, p, s, c, tk, ak, w, o)`

export async function fill(shop: TestShop, count: number): Promise<void> {
  const url = new URL(shop.databases.catalog.url)
  url.password = shop.databases.catalog.password
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  const random = generator(7)
  const batch = 5_000
  for (let from = 0; from < count; from += batch) {
    const rows = Array.from({ length: Math.min(batch, count - from) }, (_, at) => bookAt(from + at, random))
    await client.query(
      insert,
      (rows[0] ?? []).map((_, column) => rows.map((row) => row[column])),
    )
  }
  await client.query('vacuum analyze books')
  await client.end()
}

const questions: Record<string, string> = {
  'first page': '',
  'cheapest first': '?sort=price-asc',
  'one language': '?language=fr',
  'a rare language': '?language=la',
  'three filters': '?language=es&condition=good&inStock=true&maxPrice=2000',
  'an author': '?author=bamen+ruzon',
  'a seller': '?seller=00000000-0000-4000-8000-000000000002',
  'a common word': '?q=cen',
  'a common word, cheapest first': '?q=cen&sort=price-asc',
  'two words': '?q=guban+dimen',
  'beginning of a word': '?q=ru',
  'a typo': '?q=quijtoe',
  'nothing like it': '?q=xylophone',
}

async function time(shop: TestShop, what: string, query: string, times: number): Promise<Timing> {
  const taken: number[] = []
  for (let count = 0; count < times; count++) {
    const started = performance.now()
    const { status } = await shop.request('catalog', 'GET', `/catalog/books${query}`)
    taken.push(performance.now() - started)
    if (status !== 200) throw new Error(`${what} answered ${status}`)
  }
  taken.sort((a, b) => a - b)
  const at = (part: number) => taken[Math.floor(taken.length * part)] ?? Number.NaN
  return { what, p50: at(0.5), p95: at(0.95) }
}

/** How long a list takes among `count` invented books and the classics. */
export async function run({ count = 100_000, times = 40 } = {}): Promise<Timing[]> {
  await build({ unlessFresh: true })
  const cluster = await startCluster()
  try {
    const shop = await startShop(cluster, { services: ['auth', 'catalog'], seed: true })
    try {
      await fill(shop, count)
      const timings: Timing[] = []
      for (const [what, query] of Object.entries(questions)) timings.push(await time(shop, what, query, times))
      return timings
    } finally {
      await shop.close()
    }
  } finally {
    await cluster.stop()
  }
}

export const table = (timings: readonly Timing[]): string =>
  timings
    .map(({ what, p50, p95 }) => `${what.padEnd(32)}${p50.toFixed(1).padStart(8)}${p95.toFixed(1).padStart(8)}`)
    .join('\n')

if (import.meta.filename === process.argv[1]) {
  const count = Number(process.argv[2] ?? 100_000)
  process.stdout.write(`${table(await run({ count }))}\n`)
}
