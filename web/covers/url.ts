import type { Signer } from '../cart/signed.ts'

export interface CoverText {
  title: string
  author: string
}

/** Raised when the drawing changes, so that browsers fetch their covers anew. */
const version = '1'

/** Longer texts are cut: an address has its limits, and no cover shows so much. */
export const coverTextLimit = 300

const cut = (text: string) => text.slice(0, coverTextLimit).toWellFormed()

function canonical({ title, author }: CoverText): string {
  return JSON.stringify([version, cut(title), cut(author)])
}

/**
 * Where the drawn cover of a book is. All that it is drawn from stands in the address, so that it never changes, is
 * kept for ever and costs no look at the catalogue; the signature keeps others from having the shop say what they like.
 */
export function drawnCoverUrl(book: CoverText, signer: Signer): string {
  const query = new URLSearchParams({ t: cut(book.title), a: cut(book.author) })
  return `/covers/${signer.sign(canonical(book))}.svg?${query}`
}

/** The text of a drawn cover's address, or undefined when we never wrote it. */
export function readCoverUrl(signature: string, query: URLSearchParams, signer: Signer): CoverText | undefined {
  const text = { title: query.get('t') ?? '', author: query.get('a') ?? '' }
  return signer.verify(canonical(text), signature) ? text : undefined
}
