import type { Context, Middleware } from 'koa'
import type { Site } from '../app/site.ts'
import type { Language } from '../settings.ts'
import { sendSuggestions } from './suggestions.ts'

/** Answers a request that needs to know nobody: no cookie is read or set, so that what it says may be kept by anybody. */
type Open = (site: Site, context: Context, lang: Language) => Promise<void> | void

/** After the language. */
const perLanguage: Readonly<Record<string, Open>> = {
  '/suggestions': sendSuggestions,
}

function find(site: Site, path: string): { send: Open; lang: Language; route: string } | undefined {
  for (const lang of site.shop.languages) {
    const rest = path.startsWith(`/${lang}/`) ? path.slice(lang.length + 1) : undefined
    if (rest !== undefined && Object.hasOwn(perLanguage, rest)) {
      const send = perLanguage[rest]
      if (send) return { send, lang, route: rest }
    }
  }
  return undefined
}

/** What is read by scripts, search engines and feed readers: the same for everybody, without a visit. */
export function openFiles(site: Site): Middleware {
  return async (context, next) => {
    const found = context.method === 'POST' ? undefined : find(site, context.path)
    if (!found) return next()
    context.state.route = found.route
    await found.send(site, context, found.lang)
    if (context.fresh) context.status = 304
  }
}
