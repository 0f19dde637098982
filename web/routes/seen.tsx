import { goTo, sendFragment } from '../app/reply.tsx'
import { addCookies, type Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { SeenShelf } from '../components/seen.tsx'
import { readForm } from '../forms/form.ts'
import { ApiProblem } from '../gateway/api.ts'
import { findBook } from '../gateway/catalog.ts'
import type { Book } from '../gateway/schemas.ts'
import { readSeen, seenCookie, withSeen } from '../seen/seen.ts'
import { cookieOf } from '../session/cookies.ts'

const onShelf = 6

/** Undefined when it is no longer on sale. */
async function bookOrNone({ open }: Visit, id: string): Promise<Book | undefined> {
  try {
    return (await findBook(open, id)).book
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return undefined
    throw error
  }
}

async function sendShelf(visit: Visit, ids: readonly string[]): Promise<void> {
  const found = await Promise.all(ids.slice(0, onShelf).map((id) => bookOrNone(visit, id)))
  const books = found.filter((book) => book !== undefined)
  await sendFragment(visit, books.length > 0 ? <SeenShelf books={books} /> : undefined)
}

const seenBy = ({ cookies }: Visit) => readSeen(cookieOf(cookies, 'seen'))

/** The shelf of the books seen lately, as a piece of a page; 204 for somebody who has seen none. */
export const seenShelf = (visit: Visit): Promise<void> => sendShelf(visit, seenBy(visit))

/** Notes a book as seen and answers with the shelf of the others; `do=forget` forgets them all. */
export async function noteSeen(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  if (form.text('do') === 'forget') {
    addCookies(visit.context, [seenCookie([])])
    goTo(visit, '/')
    return
  }
  const seen = seenBy(visit)
  const id = form.text('book')
  if (isId(id)) addCookies(visit.context, [seenCookie(withSeen(seen, id))])
  await sendShelf(
    visit,
    seen.filter((other) => other !== id),
  )
}
