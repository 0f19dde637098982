import type { Context, Middleware } from 'koa'
import type { Site } from '../app/site.ts'
import type { Language } from '../settings.ts'
import { BookList } from './book-list.ts'
import { sendFeed } from './feed.ts'
import { sendManifest } from './manifest.ts'
import { sendRobots, sendSiteMap } from './sitemap.ts'
import { sendSuggestions } from './suggestions.ts'

type Send = (context: Context) => Promise<void> | void

/** After the language. */
const perLanguage: Readonly<Record<string, (site: Site, context: Context, lang: Language) => Promise<void> | void>> = {
  '/suggestions': sendSuggestions,
  '/feed.atom': sendFeed,
  '/manifest.webmanifest': sendManifest,
}

/** Each address and what answers it. */
function sendersOf(site: Site, list: BookList): ReadonlyMap<string, Send> {
  const senders = new Map<string, Send>([
    ['/robots.txt', (context) => sendRobots(site, context)],
    ['/sitemap.xml', (context) => sendSiteMap(site, context, list)],
  ])
  for (const lang of site.shop.languages)
    for (const [path, send] of Object.entries(perLanguage))
      senders.set(`/${lang}${path}`, (context) => send(site, context, lang))
  return senders
}

/**
 * What is read by scripts, search engines and feed readers: the same for everybody. No cookie is read or set, so that
 * anybody may keep it.
 */
export function openFiles(site: Site): Middleware {
  const list = new BookList(site)
  const senders = sendersOf(site, list)
  const partOf = (path: string): Send | undefined => {
    const part = /^\/sitemap-(\d{1,4})\.xml$/.exec(path)?.[1]
    return part === undefined ? undefined : (context) => sendSiteMap(site, context, list, Number(part))
  }
  return async (context, next) => {
    const send = context.method === 'POST' ? undefined : (senders.get(context.path) ?? partOf(context.path))
    if (!send) return next()
    context.state.route = context.path.replace(/\d+/, ':part')
    await send(context)
    if (context.fresh) context.status = 304
  }
}
