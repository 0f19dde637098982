import { type FieldProblem, notFound, Problem } from '../../kit/problem.ts'
import type { Catalog } from '../context.ts'
import type { Book } from '../entities/book.ts'
import type { Reservation, WantedLine } from '../entities/reservation.ts'
import { lookupBooks } from '../repositories/books.ts'
import { findReservation, takeStock } from '../repositories/reservations.ts'

export interface Wanted {
  buyerId: string
  lines: readonly WantedLine[]
}

/** One line for each book, with all that is wanted of it. */
function summed(lines: readonly WantedLine[]): WantedLine[] {
  const byBook = new Map<string, number>()
  for (const { bookId, quantity } of lines) byBook.set(bookId, (byBook.get(bookId) ?? 0) + quantity)
  return [...byBook].map(([bookId, quantity]) => ({ bookId, quantity }))
}

/** An order may have lost the race that its explanation no longer shows; it is tried again so often. */
const attempts = 3

/**
 * Holds the books for an order; asked again, the same answer.
 * @throws Problem 409 out-of-stock, released, reservation-expired or reservation-differs; 404; 422 own-book.
 */
export async function reserve(catalog: Catalog, orderId: string, wanted: Wanted): Promise<Reservation> {
  const { db, holdSeconds, metrics } = catalog
  const lines = summed(wanted.lines)
  for (let attempt = 1; ; attempt++) {
    const taken = await takeStock(db, { orderId, buyerId: wanted.buyerId, lines, seconds: holdSeconds })
    if (taken) {
      metrics.reservations.inc({ outcome: 'held' })
      metrics.movements.inc({ reason: 'reserved' }, taken.lines.length)
      return taken
    }
    const known = await findReservation(db, orderId)
    if (known) return repeated(catalog, known, lines)
    const refusal = await whyNot(catalog, wanted)
    if (!refusal && attempt < attempts) continue
    const problem = refusal ?? outOfStock([])
    metrics.reservations.inc({ outcome: problem.code === 'out-of-stock' ? 'out-of-stock' : 'refused' })
    throw problem
  }
}

function repeated({ metrics }: Catalog, known: Reservation, lines: readonly WantedLine[]): Reservation {
  metrics.reservations.inc({ outcome: 'repeated' })
  if (known.state === 'released') throw new Problem(409, 'released', 'This reservation was released')
  if (known.state === 'expired') throw new Problem(409, 'reservation-expired', 'This reservation has expired')
  const same =
    known.lines.length === lines.length &&
    known.lines.every((line) => lines.some((l) => l.bookId === line.bookId && l.quantity === line.quantity))
  if (!same) throw new Problem(409, 'reservation-differs', 'This order has reserved other books')
  return known
}

const outOfStock = (errors: readonly FieldProblem[]) =>
  new Problem(409, 'out-of-stock', 'Not enough copies left', { errors })

/** Undefined when all could be had by now. `errors` name the lines as they were sent. */
async function whyNot({ db }: Catalog, { buyerId, lines }: Wanted): Promise<Problem | undefined> {
  const books = new Map((await lookupBooks(db, [...new Set(lines.map((line) => line.bookId))])).map((b) => [b.id, b]))
  const naming = (wrong: (book: Book | undefined, line: WantedLine) => string | undefined): FieldProblem[] =>
    lines.flatMap((line, at) => {
      const message = wrong(books.get(line.bookId), line)
      return message === undefined ? [] : [{ field: `lines.${at}`, message }]
    })
  const missing = naming((book, line) => (book ? undefined : `Book ${line.bookId} is not on sale`))
  if (missing.length > 0) return new Problem(404, 'not-found', notFound().message, { errors: missing })
  const own = naming((book) => (book?.seller.id === buyerId ? 'Your own book' : undefined))
  if (own.length > 0) return new Problem(422, 'own-book', 'Nobody buys their own book', { errors: own })
  const total = new Map(summed(lines).map((line) => [line.bookId, line.quantity]))
  const short = naming((book, line) =>
    book && book.stock < (total.get(line.bookId) ?? 0) ? `${book.stock} left` : undefined,
  )
  return short.length > 0 ? outOfStock(short) : undefined
}
