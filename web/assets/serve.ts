import type { Context } from 'koa'
import type { Asset, Assets } from './assets.ts'

function encoded(context: Context, asset: Asset): Buffer {
  if (!asset.br && !asset.gzip) return asset.bytes
  context.vary('accept-encoding')
  const accepted = context.acceptsEncodings('br', 'gzip', 'identity')
  const bytes = accepted === 'br' ? asset.br : accepted === 'gzip' ? asset.gzip : undefined
  if (bytes === undefined || accepted === false) return asset.bytes
  context.set('content-encoding', accepted)
  return bytes
}

/** Answers `/assets/<name>-<hash>.<ending>`. False when there is no such file. */
export function serveAsset(context: Context, assets: Assets, name: string): boolean {
  const asset = assets.find(name)
  if (!asset) return false
  context.status = 200
  context.set('cache-control', 'public, max-age=31536000, immutable')
  context.set('etag', asset.etag)
  if (context.fresh) {
    context.status = 304
    return true
  }
  context.body = encoded(context, asset)
  context.set('content-type', asset.type)
  return true
}
