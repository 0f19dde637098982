import { z } from 'zod'
import { pageOf, pageQuery } from '../kit/page.ts'
import { conditions } from './entities/book.ts'
import { canonicalLanguage } from './entities/language.ts'
import { sortSchema } from './search/sort.ts'

/** Control characters, line separators, and marks that turn the direction of the text around them. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
const unprintableLines = /(?![\n\r\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const characters = (text: string) => [...text].length

const line = (most: number) =>
  z
    .string()
    .max(most * 8, 'Too long')
    .transform((text) => text.normalize('NFC').trim())
    .refine((text) => text !== '' && characters(text) <= most, `Expected 1 to ${most} characters`)
    .refine((text) => !unprintable.test(text), 'Holds control characters')

const paragraph = (most: number) =>
  z
    .string()
    .max(most * 8, 'Too long')
    .transform((text) => text.normalize('NFC').trim())
    .refine((text) => characters(text) <= most, `Expected at most ${most} characters`)
    .refine((text) => !unprintableLines.test(text), 'Holds control characters')

const language = z.string().transform((tag, context) => {
  const canonical = canonicalLanguage(tag)
  if (canonical !== undefined) return canonical
  context.addIssue({ code: 'custom', message: 'Not a language tag (BCP 47)' })
  return z.NEVER
})

const earliestYear = -800
const year = z
  .int()
  .min(earliestYear)
  .refine((value) => value <= new Date().getUTCFullYear() + 1, 'Not published yet')

export const mostExpensive = 10_000_000

/** Of the one currency of the shop. */
const price = (currency: string) =>
  z.strictObject({ amount: z.int().min(1).max(mostExpensive), currency: z.literal(currency) })

const draftShape = (currency: string) => ({
  title: line(300),
  author: line(300),
  description: paragraph(4_000),
  language,
  year,
  price: price(currency),
  stock: z.int().min(0).max(10_000),
  condition: z.enum(conditions),
})

export const bookDraft = (currency: string) => {
  const shape = draftShape(currency)
  return z.strictObject({ ...shape, description: shape.description.default('') })
}

export const bookPatch = (currency: string) =>
  z
    .strictObject({ ...draftShape(currency), onSale: z.boolean() })
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, 'Nothing to change')

/** A form sends the fields that nobody filled in as well. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), schema.optional())

const list = <Schema extends z.ZodType<unknown, string>>(item: Schema) =>
  z
    .string()
    .max(500)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item).min(1).max(20))

const priceLimit = z.coerce.number().int().min(0).max(2_147_483_647)

export const listQuery = z.strictObject({
  ...pageQuery,
  cursor: optional(z.string().max(4_000)),
  limit: optional(pageQuery.limit),
  q: optional(z.string().max(400)),
  author: optional(z.string().max(400)),
  language: optional(list(language)),
  condition: optional(list(z.enum(conditions))),
  minPrice: optional(priceLimit),
  maxPrice: optional(priceLimit),
  inStock: optional(z.enum(['true', 'false'])),
  seller: optional(z.union([z.literal('me'), z.uuid()])),
  sort: optional(sortSchema),
})

export const suggestionsQuery = z.strictObject({
  q: optional(z.string().max(400)),
  limit: optional(z.coerce.number().int().min(1).max(12)),
})

export const bookParams = z.object({ id: z.uuid() })

const money = z.object({ amount: z.int(), currency: z.string() })
const renditions = z.array(z.object({ width: z.int(), url: z.string() }))

export const bookJson = z.object({
  id: z.uuid(),
  title: z.string(),
  author: z.string(),
  description: z.string(),
  language: z.string(),
  year: z.int(),
  price: money,
  stock: z.int(),
  condition: z.enum(conditions),
  /** False: paused, and shown to its seller alone. */
  onSale: z.boolean(),
  seller: z.object({ id: z.uuid(), name: z.string() }),
  cover: z
    .object({
      id: z.string(),
      width: z.int(),
      height: z.int(),
      url: z.string(),
      sources: z.object({ webp: renditions, jpeg: renditions }),
    })
    .nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

const facet = z.array(z.object({ value: z.string(), count: z.int() }))

/** A facet counts the books that pass all filters but its own. */
export const facetsJson = z.object({
  languages: facet,
  conditions: facet,
  authors: facet,
  price: z.object({ min: z.int(), max: z.int() }).nullable(),
  inStock: z.int(),
  total: z.int(),
  capped: z.boolean(),
})

export const bookPage = pageOf(bookJson).extend({ facets: facetsJson })

export const booksJson = z.object({ items: z.array(bookJson) })

export const suggestionsJson = z.object({
  items: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('book'), text: z.string(), id: z.uuid(), author: z.string() }),
      z.object({ kind: z.literal('author'), text: z.string() }),
    ]),
  ),
})
