import type { Context } from 'koa'
import { link } from '../app/links.ts'
import type { Site } from '../app/site.ts'
import { openApi } from '../app/visit.ts'
import { type Suggestion, suggest } from '../gateway/finding.ts'
import { messages } from '../i18n/messages.ts'
import type { Language } from '../settings.ts'

const longest = 200

/** What the search field's list shows: `detail` stands beside `text`, and choosing it goes to `url`. */
interface Shown {
  text: string
  detail: string
  url: string
}

function shown(lang: Language, found: Suggestion): Shown {
  const { text } = found
  return found.kind === 'book'
    ? { text, detail: found.author, url: link(lang, `/books/${found.id}`) }
    : { text, detail: messages[lang].suggest.author, url: link(lang, '/books', { author: text }) }
}

/** `GET /<lang>/suggestions?q=` answers `{items: [{text, detail, url}], said}`; `said` tells how many there are. */
export async function sendSuggestions(site: Site, context: Context, lang: Language): Promise<void> {
  const typed = new URLSearchParams(context.querystring).get('q') ?? ''
  const q = typed.replaceAll('\0', '').trim().slice(0, longest).toWellFormed()
  const items = q ? (await suggest(openApi(site, context), q)).map((found) => shown(lang, found)) : []
  context.set('cache-control', 'public, max-age=60')
  context.set('x-robots-tag', 'noindex')
  context.body = { items, said: messages[lang].suggest.count(items.length) }
}
