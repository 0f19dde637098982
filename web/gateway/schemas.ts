import { z } from 'zod'

/** What pages read of the gateway's answers. Fields that are not named here are dropped, so services may add some. */

export const money = z.object({ amount: z.number().int(), currency: z.string() })

export const conditions = ['new', 'like-new', 'good', 'fair', 'poor'] as const
export type Condition = (typeof conditions)[number]

export const book = z.object({
  id: z.string(),
  title: z.string(),
  author: z.string(),
  description: z.string().default(''),
  language: z.string(),
  year: z.number().int().nullish(),
  price: money,
  stock: z.number().int(),
  condition: z.enum(conditions),
  seller: z.object({ id: z.string(), name: z.string() }),
  cover: z.unknown().optional(),
})
export type Book = z.output<typeof book>

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

const facet = z.array(z.object({ value: z.string(), count: z.number().int() }))
export const bookPage = page(book).extend({ facets: z.record(z.string(), z.unknown()).optional() })
export type BookPage = z.output<typeof bookPage>
export type FacetValue = z.output<typeof facet>[number]

/** The values of one facet, whatever other facets the catalogue sends. */
export function facetOf(found: BookPage, name: string): readonly FacetValue[] {
  const parsed = facet.safeParse(found.facets?.[name])
  return parsed.success ? parsed.data : []
}

export const user = z.object({ id: z.string(), email: z.string(), name: z.string() })
export const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.number(),
  user,
})
export type Tokens = z.output<typeof tokens>
