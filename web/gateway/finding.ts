import { z } from 'zod'
import type { Api } from './api.ts'
import { type Book, book } from './schemas.ts'

const suggestion = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('book'), text: z.string(), id: z.string(), author: z.string() }),
  z.object({ kind: z.literal('author'), text: z.string() }),
])
export type Suggestion = z.output<typeof suggestion>

const itemsOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) })

/** Books and authors for what was typed so far, the likeliest first. */
export async function suggest(api: Api, q: string): Promise<Suggestion[]> {
  const ask = { query: { q, limit: '8' }, timeoutMs: 2_000 }
  return (await api.ask('GET', '/catalog/suggestions', itemsOf(suggestion), ask)).body.items
}

/** What to show beside a book: of the same author first. @throws ApiProblem 404 */
export async function relatedTo(api: Api, id: string): Promise<Book[]> {
  const path = `/catalog/books/${encodeURIComponent(id)}/related`
  return (await api.ask('GET', path, itemsOf(book), { timeoutMs: 3_000 })).body.items
}
