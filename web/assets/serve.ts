import type { Context } from 'koa'
import type { Asset, Assets } from './assets.ts'
import { encodedTag } from './etag.ts'

interface Form {
  bytes: Buffer
  encoding?: 'br' | 'gzip'
}

/** The smallest form that the browser takes; of those it likes equally ours decides, which is not what it names first. */
function formFor(context: Context, { bytes, br, gzip }: Asset): Form {
  if (br || gzip) context.vary('accept-encoding')
  if (br && context.acceptsEncodings('br') === 'br') return { bytes: br, encoding: 'br' }
  if (gzip && context.acceptsEncodings('gzip') === 'gzip') return { bytes: gzip, encoding: 'gzip' }
  return { bytes }
}

/** Answers `/assets/<name>-<hash>.<ending>`. False when there is no such file. */
export function serveAsset(context: Context, assets: Assets, name: string): boolean {
  const asset = assets.find(name)
  if (!asset) return false
  const { bytes, encoding } = formFor(context, asset)
  context.status = 200
  context.set('cache-control', 'public, max-age=31536000, immutable')
  context.set('etag', encodedTag(asset.etag, encoding))
  if (context.fresh) {
    context.status = 304
    return true
  }
  if (encoding) context.set('content-encoding', encoding)
  context.body = bytes
  context.set('content-type', asset.type)
  return true
}
