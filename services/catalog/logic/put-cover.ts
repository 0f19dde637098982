import { Problem } from '../../kit/problem.ts'
import type { Catalog } from '../context.ts'
import { type Rendered, UnreadableImage } from '../covers/render.ts'
import { sniffImage } from '../covers/sniff.ts'
import type { Book } from '../entities/book.ts'
import { holdCovers } from '../repositories/covers.ts'
import { giveCover, mustBeOwn } from './change-book.ts'

const invalid = (detail: string, cause?: unknown) =>
  new Problem(422, 'invalid-image', 'Not an image that can be used', { detail, cause })

/** @throws Problem 422 invalid-image, 429 when too many are being made. */
async function render({ studio, metrics }: Catalog, bytes: Buffer, type: string): Promise<Rendered> {
  try {
    if (sniffImage(bytes) !== type) throw invalid('The bytes are not of the type that was sent.')
    return await studio.render(bytes)
  } catch (error) {
    const refused = error instanceof UnreadableImage ? invalid(error.message, error) : error
    metrics.covers.inc({ outcome: refused instanceof Problem && refused.status === 429 ? 'busy' : 'refused' })
    throw refused
  }
}

/**
 * Gives a book of one's own a cover. The files are there before a book names them.
 * @throws Problem 403, 404, 422 invalid-image, 429
 */
export async function putCover(
  catalog: Catalog,
  whose: { id: string; sellerId: string },
  image: { bytes: Buffer; type: string },
): Promise<Book> {
  const { id, sellerId } = whose
  await mustBeOwn(catalog, id, sellerId)
  const rendered = await render(catalog, image.bytes, image.type)
  const { width, height, renditions } = rendered
  const widths = [...new Set(renditions.map((rendition) => rendition.width))]
  const book = await catalog.db.transaction(async (tx) => {
    await holdCovers(tx)
    await catalog.covers.keep(rendered)
    return giveCover(tx, id, sellerId, { id: rendered.id, width, height, widths })
  })
  catalog.metrics.covers.inc({ outcome: 'stored' })
  return book
}
