import type { Answer, Visitor } from './visitor.ts'

/** Pages and files of one kind that are looked at: more of the same would tell nothing new. */
const mostOfKind = 4
const text = (html: string) =>
  html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&')

/** What a page refers to: links, pictures, scripts, and what stands in its head for others. */
function referencesOf(html: string): string[] {
  const found = [
    ...[...html.matchAll(/<(?!meta)[^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, url]) => url ?? ''),
    ...[...html.matchAll(/\ssrcset="([^"]*)"/g)].flatMap(([, set]) =>
      (set ?? '').split(',').map((source) => source.trim().split(' ')[0] ?? ''),
    ),
    ...[...html.matchAll(/<meta property="og:(?:image|url)" content="([^"]*)"/g)].map(([, url]) => url ?? ''),
  ]
  return found.map(text)
}

/** What a stylesheet refers to: fonts. */
const filesOf = (css: string) => [...css.matchAll(/url\("?([^")]+)"?\)/g)].map(([, url]) => url ?? '')

const inAnyLanguage = (path: string) => path.split(/[?#]/, 1)[0]?.replace(/^\/(?:es|en)\//, '/')

/** `/es/books/:id` of an address: what kind of page it is. Files are of the kind of their folder. */
function kindOf(path: string): string {
  const plain = path.split(/[?#]/, 1)[0] ?? ''
  if (/^\/(?:assets|covers|cards|icons|api)\//.test(plain)) return plain.split('/', 2).join('/')
  return plain.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, ':id')
}

/** Follows every link of the site, a few of each kind. */
export class Crawl {
  /** The kinds of pages and files that were seen. */
  readonly kinds = new Set<string>()
  readonly #visitor: Visitor
  readonly #origin: string
  readonly #seen = new Set<string>()
  readonly #ofKind = new Map<string, number>()
  readonly #dead: string[] = []

  constructor(visitor: Visitor, origin: string) {
    this.#visitor = visitor
    this.#origin = origin
  }

  /** @returns what is dead, as `status address, on page`. */
  async from(paths: readonly string[]): Promise<string[]> {
    const queue = paths.map((path) => ({ path, on: '' }))
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { path, on } = next
      if (!this.#isNew(path)) continue
      const answer = await this.#visitor.get(path.split('#', 1)[0] ?? '')
      this.#judge(answer, path, on)
      for (const reference of this.#leads(answer, path)) queue.push({ path: reference, on: path })
    }
    return this.#dead
  }

  #isNew(path: string): boolean {
    const kind = kindOf(path)
    const count = this.#ofKind.get(kind) ?? 0
    if (this.#seen.has(path) || (count >= mostOfKind && kind !== '/assets')) return false
    this.#seen.add(path)
    this.#ofKind.set(kind, count + 1)
    this.kinds.add(kind)
    return true
  }

  /** A page that we ask for to see that it is designed, not linked from anywhere, may be a 404. */
  #judge({ status, text: html }: Answer, path: string, on: string): void {
    if (status >= 400 && on !== '') this.#dead.push(`${status} ${path}, on ${on}`)
    const fragment = path.split('#')[1]
    if (fragment && !html.includes(`id="${fragment}"`)) this.#dead.push(`no #${fragment} in ${path}, on ${on}`)
  }

  #leads({ status, headers, text: html, location }: Answer, path: string): string[] {
    const type = String(headers['content-type'] ?? '')
    const found = type.startsWith('text/html') ? referencesOf(html) : type.startsWith('text/css') ? filesOf(html) : []
    const leads: string[] = []
    for (const reference of [...found, ...(location ? [location] : [])]) {
      if (reference.startsWith('mailto:')) continue
      const url = new URL(reference, this.#origin + path)
      if (url.origin !== this.#origin) this.#dead.push(`elsewhere: ${reference}, on ${path}`)
      // A page that is not there leads to itself: by its skip link, and in the other language.
      else if (status === 404 && inAnyLanguage(url.pathname) === inAnyLanguage(path)) continue
      // Covers of the catalogue are the gateway's, which this visitor does not reach.
      else if (!url.pathname.startsWith('/api/')) leads.push(url.pathname + url.search + url.hash)
    }
    return leads
  }
}
