import { gzipSync } from 'node:zlib'
import type { Context } from 'koa'
import { encodedTag } from '../assets/etag.ts'
import type { Signer } from '../cart/signed.ts'
import { drawCover } from './draw.ts'
import { readCoverUrl } from './url.ts'

/** Answers `/covers/<signature>.svg?t=…&a=…`. False for an address that is not ours. */
export function serveDrawnCover(context: Context, signer: Signer, name: string): boolean {
  const signature = /^([\w-]{22})\.svg$/.exec(name)?.[1]
  const text = signature && readCoverUrl(signature, new URLSearchParams(context.querystring), signer)
  if (!text) return false
  context.status = 200
  context.set('cache-control', 'public, max-age=31536000, immutable')
  context.set('content-security-policy', "default-src 'none'")
  context.vary('accept-encoding')
  const gzip = context.acceptsEncodings('gzip', 'identity') === 'gzip'
  // The address says all that the picture is made of: it is its own version.
  context.set('etag', encodedTag(`"${signature}"`, gzip ? 'gzip' : undefined))
  if (context.fresh) {
    context.status = 304
    return true
  }
  const svg = drawCover(text)
  if (gzip) context.set('content-encoding', 'gzip')
  context.body = gzip ? gzipSync(svg, { level: 6 }) : svg
  context.set('content-type', 'image/svg+xml; charset=utf-8')
  return true
}
