import { createServer } from 'node:http'
import pg from 'pg'
import { facetsStatement } from '../../services/catalog/search/facets-statement.ts'
import { rowsStatement } from '../../services/catalog/search/rows-statement.ts'
import type { Search } from '../../services/catalog/search/search.ts'

/**
 * The page of books as somebody writes it who wants nothing but speed: node:http and pg, the same two named
 * statements, the same JSON; no routing, validation, log, metrics or errors. Settings: DATABASE_URL, LISTEN.
 */
const search: Search = {
  text: { matching: 'all' },
  seller: undefined,
  sort: 'newest',
  filters: {
    languages: undefined,
    conditions: undefined,
    author: undefined,
    minPrice: undefined,
    maxPrice: undefined,
    inStock: false,
  },
}
const limit = 24
const rows = rowsStatement(search, undefined, limit + 1)
const facets = facetsStatement(search)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8 })

const ask = async ({ statement, values }: typeof rows) =>
  (await pool.query({ name: statement.name, text: statement.text, values: values as unknown[] })).rows

async function page(): Promise<string> {
  const [found, [counted]] = await Promise.all([ask(rows), ask(facets)])
  const items = found.slice(0, limit).map((row) => ({
    id: row.id,
    title: row.title,
    author: row.author,
    description: row.description,
    language: row.language,
    year: row.year,
    price: { amount: row.price, currency: row.currency },
    stock: row.stock,
    condition: row.condition,
    onSale: row.on_sale,
    seller: { id: row.seller_id, name: row.seller_name },
    cover: row.cover,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }))
  const last = found[limit - 1]
  const next = Buffer.from(JSON.stringify(['newest', 'all', last.key.toISOString(), last.id])).toString('base64url')
  return JSON.stringify({ items, next, facets: counted })
}

createServer(async (_request, response) => {
  const body = await page()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}).listen(process.env.LISTEN, () => process.stdout.write('ready\n'))
