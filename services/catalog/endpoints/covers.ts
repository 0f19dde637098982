import { z } from 'zod'
import { type Endpoint, endpoint, ok, principalOf } from '../../kit/endpoint.ts'
import { notFound } from '../../kit/problem.ts'
import type { Catalog } from '../context.ts'
import { imageTypes } from '../covers/sniff.ts'
import { names } from '../entities/etag.ts'
import { putCover } from '../logic/put-cover.ts'
import { bookJson, bookParams } from '../schemas.ts'
import { bookReply } from './books.ts'

const largest = 8 * 1024 * 1024

const put = (catalog: Catalog) =>
  endpoint({
    method: 'put',
    path: '/catalog/books/:id/cover',
    summary: 'Gives a book of one’s own a cover: decoded, and written anew in several sizes',
    access: 'bearer',
    params: bookParams,
    raw: { types: imageTypes, limit: largest },
    responses: { 200: bookJson },
    problems: {
      401: ['unauthenticated'],
      403: ['not-yours'],
      404: ['not-found'],
      413: ['too-large'],
      415: ['unsupported-media-type'],
      422: ['invalid-image'],
      429: ['too-many-requests'],
    },
    handle: async (request) => {
      const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
      const whose = { id: request.params.id, sellerId: principalOf(request).userId }
      return bookReply(await putCover(catalog, whose, { bytes: request.body as unknown as Buffer, type }))
    },
  })

/** The name tells the content, so a copy is good for ever. */
const forever = 'public, max-age=31536000, immutable'

const get = (catalog: Catalog) =>
  endpoint({
    method: 'get',
    path: '/catalog/covers/:file',
    summary: 'A rendition of a cover',
    access: 'public',
    params: z.object({ file: z.string().max(64) }),
    requestHeaders: ['If-None-Match'],
    responses: { 200: null, 304: null },
    problems: { 404: ['not-found'] },
    handle: async ({ params, headers: { 'if-none-match': known } }) => {
      const file = await catalog.covers.read(params.file)
      if (!file) throw notFound('No such cover')
      const etag = `"${params.file}"`
      const headers = { etag, 'cache-control': forever, 'x-content-type-options': 'nosniff' }
      if (known !== undefined && names(known, etag)) return { status: 304, headers }
      return ok(file.bytes, { ...headers, 'content-type': file.type })
    },
  })

export const coverEndpoints = (catalog: Catalog): Endpoint[] => [put(catalog), get(catalog)]
