import type { Context } from 'koa'
import type { Language, Shop } from '../settings.ts'

/** The language in front of the path, when the shop speaks it. */
export function languageOfPath(path: string, shop: Shop): Language | undefined {
  const first = path.split('/', 2)[1]
  return shop.languages.find((language) => language === first)
}

/** What the browser asks for, else the shop's first language. */
export function preferredLanguage(context: Context, shop: Shop): Language {
  context.vary('accept-language')
  const accepted = context.acceptsLanguages([...shop.languages])
  return shop.languages.find((language) => language === accepted) ?? shop.languages[0] ?? 'es'
}
