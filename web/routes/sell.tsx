import { goTo, sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { Checks } from '../forms/checks.ts'
import { type Form, readUploadForm, type Upload } from '../forms/form.ts'
import { blankForm, type FormState, hasErrors, refusedFields, typed } from '../forms/state.ts'
import { ApiProblem } from '../gateway/api.ts'
import { type BookDraft, publish, putCover } from '../gateway/catalog.ts'
import { conditions } from '../gateway/schemas.ts'
import { coverLimit, SellPage } from '../pages/sell.tsx'

export const bookFields = ['title', 'author', 'description', 'language', 'year', 'price', 'stock', 'condition'] as const
const oldest = -800
/** In minor units; far above any book of this shop. */
const dearest = 10_000_000
const imageTypes = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif'])

/** The book as the form describes it; what is wrong is in `checks`. */
export function readDraft({ site }: Visit, checks: Checks): BookDraft {
  return {
    title: checks.text('title', 300),
    author: checks.text('author', 300),
    description: checks.text('description', 4000, true),
    language: checks.text('language', 35),
    year: checks.integer('year', oldest, new Date().getUTCFullYear() + 1),
    price: { amount: checks.price('price', site.currency, dearest), currency: site.currency },
    stock: checks.integer('stock', 0, 10_000),
    condition: checks.choice('condition', conditions) ?? 'good',
  }
}

/** The image of a form, when there is one. What it really is only the catalogue finds out. */
export function readCover({ t }: Visit, form: Form, errors: Record<string, string>): Upload | undefined {
  const cover = form.file('cover')
  if (cover && (!imageTypes.has(cover.type) || cover.bytes.length > coverLimit)) errors.cover = t.errors.image
  return cover
}

async function show(visit: Visit, state: FormState, status = 200): Promise<void> {
  await sendPage(visit, { kind: 'sell', title: visit.t.sell.title, status, body: <SellPage state={state} /> })
}

export async function sellPage(visit: Visit): Promise<void> {
  await show(visit, blankForm({ language: visit.lang, condition: 'good', stock: '1' }))
}

/** What the catalogue refused, beside its fields; rethrows what no field can explain. */
export function refusedDraft(visit: Visit, error: unknown): Pick<FormState, 'errors' | 'general'> {
  if (!(error instanceof ApiProblem && error.status === 422)) throw error
  const errors = refusedFields(error, bookFields, visit.t)
  return { errors, general: hasErrors(errors) ? undefined : visit.t.errors.general }
}

/** True when the cover is in place. A book that is published stays so, whatever its image was. */
export async function tryCover(visit: Visit, id: string, cover: Upload): Promise<boolean> {
  try {
    await putCover(visit.api, id, cover.bytes, cover.type)
    return true
  } catch (error) {
    visit.log.info({ err: error }, 'a cover was refused')
    return false
  }
}

export async function sell(visit: Visit): Promise<void> {
  const form = await readUploadForm(visit.context.req)
  const checks = new Checks(form, visit.t, visit.lang)
  const draft = readDraft(visit, checks)
  const cover = readCover(visit, form, checks.errors)
  const values = typed(form, bookFields)
  if (hasErrors(checks.errors)) return show(visit, { values, errors: checks.errors }, 422)
  try {
    const book = await publish(visit.api, draft)
    if (cover && !(await tryCover(visit, book.id, cover)))
      return goTo(visit, `/my-books/${book.id}`, { done: 'no-cover' })
    goTo(visit, `/books/${book.id}`, { done: 'published' })
  } catch (error) {
    await show(visit, { values, ...refusedDraft(visit, error) }, 422)
  }
}
