import { goTo } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { Checks } from '../forms/checks.ts'
import type { Form } from '../forms/form.ts'
import { hasErrors } from '../forms/state.ts'
import { ApiProblem } from '../gateway/api.ts'
import { revise, type VersionedBook } from '../gateway/catalog.ts'

/** Nobody but its seller sees a book that is paused. What is ordered already goes on. */
export async function setOnSale(visit: Visit, { book }: VersionedBook, onSale: boolean): Promise<void> {
  await revise(visit.api, book.id, { onSale })
  goTo(visit, '/my-books', { done: onSale ? 'resumed' : 'paused', book: book.id })
}

/**
 * The number of copies, from the list. It is taken only when the list showed the number of now: otherwise copies were
 * sold meanwhile, and what the seller counted is no longer so.
 */
export async function setStock(visit: Visit, { book, etag }: VersionedBook, form: Form): Promise<void> {
  const checks = new Checks(form, visit.t, visit.lang)
  const stock = checks.integer('stock', 0, 10_000)
  const answer = (done: string) => goTo(visit, '/my-books', { done, book: book.id })
  if (hasErrors(checks.errors)) return answer('bad-stock')
  if (form.text('was') !== String(book.stock)) return answer('stale')
  try {
    await revise(visit.api, book.id, { stock }, etag ?? '')
    answer('stock')
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 412)) throw error
    answer('stale')
  }
}
