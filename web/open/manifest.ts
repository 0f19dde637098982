import type { Context } from 'koa'
import type { Site } from '../app/site.ts'
import { hashOf } from '../assets/assets.ts'
import type { Language } from '../settings.ts'
import { grounds } from '../theme/theme.ts'

/** Answers `/<lang>/manifest.webmanifest`: how the shop stands on a phone's home screen. */
export function sendManifest(site: Site, context: Context, lang: Language): void {
  const { shop, pictures, assets } = site
  const png = (size: number, src: string, purpose = 'any') => ({
    src,
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose,
  })
  const text = JSON.stringify({
    id: `/${lang}/`,
    name: shop.name,
    short_name: shop.name.length > 12 ? (shop.name.split(/\s+/)[0] ?? shop.name) : shop.name,
    description: shop.tagline[lang],
    lang,
    start_url: `/${lang}/`,
    scope: '/',
    display: 'minimal-ui',
    background_color: grounds.light.paper,
    theme_color: grounds.light.paper,
    icons: [
      { src: assets.url('icon.svg'), sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      png(192, pictures.iconUrl('small')),
      png(512, pictures.iconUrl('large')),
      png(512, pictures.iconUrl('maskable'), 'maskable'),
    ],
  })
  context.set('cache-control', 'public, max-age=3600')
  context.set('etag', `"${hashOf(text)}"`)
  context.body = text
  context.type = 'application/manifest+json; charset=utf-8'
}
