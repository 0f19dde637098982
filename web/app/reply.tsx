import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { hashOf } from '../assets/assets.ts'
import { cartCount } from '../cart/cart.ts'
import { Layout, type PageHead } from '../components/layout.tsx'
import { type View, ViewContext } from '../components/view.ts'
import { drawnCoverUrl } from '../covers/url.ts'
import { money } from '../i18n/format.ts'
import { cookieOf } from '../session/cookies.ts'
import { type LinkQuery, link } from './links.ts'
import type { Site } from './site.ts'
import type { Visit } from './visit.ts'

export interface Page extends PageHead {
  body: VNode
  /** 200 unless told. */
  status?: number
  /** The page says the same to everybody who has no session and no cart. */
  shared?: boolean
}

async function viewOf(visit: Visit): Promise<View> {
  const { site, lang, t, session, path } = visit
  return {
    lang,
    t,
    path,
    shop: site.shop,
    currency: site.currency,
    origin: site.origin,
    asset: (name) => site.assets.url(name),
    drawnCover: (book) => drawnCoverUrl(book, site.coverSigner),
    card: (book) => site.pictures.card(book),
    picture: (name) => site.pictures.iconUrl(name),
    user: session && { id: session.userId, name: session.name },
    cartCount: await cartCount(visit),
    to: (path, query) => link(lang, path, query),
    money: (value) => money(lang, value),
  }
}

const isStranger = ({ cookies, session }: Visit) =>
  !session && !cookieOf(cookies, 'refresh') && !cookieOf(cookies, 'cart')

/**
 * A stranger's page is at most ten seconds old: for five the edge gives it to all, for four more it does so while it has
 * the next one made; NGINX counts whole seconds. Browsers ask each time.
 */
const forStrangers = 'public, max-age=0, s-maxage=5, stale-while-revalidate=4, must-revalidate'

/** Pages of strangers may be kept by the edge for a moment; what belongs to somebody is kept by nobody. */
function setCaching(visit: Visit, page: Page, html: string): void {
  const { context } = visit
  const shared =
    page.shared && (page.status ?? 200) === 200 && isStranger(visit) && !context.res.hasHeader('set-cookie')
  context.vary('cookie')
  context.set('cache-control', shared ? forStrangers : 'private, no-store')
  if (shared) context.set('etag', `W/"${hashOf(html)}"`)
}

/**
 * What every page needs at once. As a header it is known before the page is read, and an edge may say it earlier still
 * (103, RFC 8297).
 */
function preload({ assets }: Site): string {
  const font = `<${assets.url('literata.woff2')}>; rel=preload; as=font; type="font/woff2"; crossorigin`
  return `<${assets.url('shop.css')}>; rel=preload; as=style, <${assets.url('shop.js')}>; rel=modulepreload, ${font}`
}

export async function sendPage(visit: Visit, page: Page): Promise<void> {
  const { context } = visit
  const view = await viewOf(visit)
  const html = `<!doctype html>${renderToString(
    <ViewContext.Provider value={view}>
      <Layout head={page}>{page.body}</Layout>
    </ViewContext.Provider>,
  )}`
  context.status = page.status ?? 200
  setCaching(visit, page, html)
  context.set('link', preload(visit.site))
  context.set('content-language', visit.lang)
  if (context.method === 'GET' && context.fresh) {
    context.status = 304
    return
  }
  context.body = html
  context.type = 'text/html; charset=utf-8'
}

/** A piece of a page for a script of ours, which is never kept; 204 without a body. */
export async function sendFragment(visit: Visit, body: VNode | undefined): Promise<void> {
  const { context } = visit
  context.set('cache-control', 'private, no-store')
  context.status = body ? 200 : 204
  if (!body) return
  const view = await viewOf(visit)
  context.body = renderToString(<ViewContext.Provider value={view}>{body}</ViewContext.Provider>)
  context.type = 'text/html; charset=utf-8'
}

/** After a form: 303, so that reloading the next page sends nothing again. `path` is ours, never what somebody typed. */
export function goTo(visit: Visit, path: string, query: LinkQuery = {}): void {
  redirect(visit, link(visit.lang, path, query))
}

/** @param url a path that `localPath` let through, or one that we made. */
export function redirect({ context }: Visit, url: string): void {
  context.status = 303
  context.set('location', url)
  context.set('cache-control', 'private, no-store')
  context.body = ''
}
