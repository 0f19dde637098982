import { z } from 'zod'
import { languages } from '../settings.ts'

/** What pages read of the gateway's answers. Fields that are not named here are dropped, so services may add some. */

export const money = z.object({ amount: z.number().int(), currency: z.string() })

export const conditions = ['new', 'like-new', 'good', 'fair', 'poor'] as const
export type Condition = (typeof conditions)[number]

/** Of this site only: an address elsewhere would be somebody else's picture. */
const ownPath = z.string().regex(/^\/(?!\/)[\x21-\x7e]*$/)
const renditions = z.array(z.object({ width: z.number().int(), url: ownPath }))
export const cover = z.object({ url: ownPath, sources: z.object({ webp: renditions, jpeg: renditions }) })
export type Cover = z.output<typeof cover>

export const book = z.object({
  id: z.string(),
  title: z.string(),
  author: z.string(),
  description: z.string().default(''),
  language: z.string(),
  year: z.number().int().nullish(),
  price: money,
  stock: z.number().int(),
  /** False: paused, and shown to its seller alone. */
  onSale: z.boolean().default(true),
  condition: z.enum(conditions),
  seller: z.object({ id: z.string(), name: z.string() }),
  cover: cover.nullish(),
})
export type Book = z.output<typeof book>

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

const facet = z.array(z.object({ value: z.string(), count: z.number().int() }))
export type FacetValue = z.output<typeof facet>[number]

/** Each counts the books that pass all filters but its own. */
const facets = z.object({
  languages: facet,
  conditions: facet,
  authors: facet,
  total: z.number().int(),
  /** There are more than `total`. */
  capped: z.boolean(),
})

export const bookPage = page(book).extend({ facets })
export type BookPage = z.output<typeof bookPage>

export const user = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  /** Null until chosen. */
  language: z.enum(languages).nullish().catch(null),
})
export type User = z.output<typeof user>
export const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.number(),
  user,
})
export type Tokens = z.output<typeof tokens>
