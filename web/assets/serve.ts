import type { Context } from 'koa'
import type { Asset, Assets } from './assets.ts'

/** The smallest form that the browser takes; of those it likes equally ours decides, which is not what it names first. */
function encoded(context: Context, { bytes, br, gzip }: Asset): Buffer {
  if (!br && !gzip) return bytes
  context.vary('accept-encoding')
  for (const [name, smaller] of [
    ['br', br],
    ['gzip', gzip],
  ] as const)
    if (smaller && context.acceptsEncodings(name) === name) {
      context.set('content-encoding', name)
      return smaller
    }
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
