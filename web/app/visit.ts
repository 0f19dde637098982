import type { Context } from 'koa'
import { clientSignal } from '../../services/kit/app.ts'
import type { Log } from '../../services/kit/log.ts'
import { readGuestCart } from '../cart/guest-cart.ts'
import { Api } from '../gateway/api.ts'
import type { Line } from '../gateway/sales.ts'
import { type Messages, messages } from '../i18n/messages.ts'
import { cookieOf, readCookies } from '../session/cookies.ts'
import { resolveSession, type Session } from '../session/session.ts'
import type { Language } from '../settings.ts'
import type { Site } from './site.ts'

/** One request of a page, as handlers see it. */
export interface Visit {
  readonly site: Site
  readonly context: Context
  readonly lang: Language
  readonly t: Messages
  /** The path after the language, with the query: `/books?q=niebla`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Calls with the visitor's token. */
  readonly api: Api
  /** Calls without: the catalogue is the same for everybody. */
  readonly open: Api
  readonly session: Session | undefined
  readonly guestCart: readonly Line[]
  readonly cookies: ReadonlyMap<string, string>
  /** The access token is of this very visit: being refused with it means that the session is over. */
  readonly renewed: boolean
  readonly log: Log
}

/** Adds lines to the reply's Set-Cookie. */
export function addCookies(context: Context, lines: readonly string[]): void {
  if (lines.length > 0) context.append('set-cookie', [...lines])
}

/** The client as the edge saw it: only our own proxy reaches this socket. */
function addressOf(context: Context): string {
  return context.get('x-forwarded-for').split(',')[0]?.trim() || context.req.socket.remoteAddress || 'unix'
}

/** Path and query of a request, without the language in front. */
export function pathWithin(context: Context, lang: Language): string {
  const path = context.path.startsWith(`/${lang}/`) ? context.path.slice(lang.length + 1) : '/'
  return path + (context.querystring && `?${context.querystring}`)
}

/** Calls of a request without a session. */
export function openApi(site: Site, context: Context): Api {
  const { requestId } = context.state as { requestId: string }
  const caller = { requestId, address: addressOf(context), accessToken: undefined, signal: clientSignal(context) }
  return new Api(site.gateway, caller)
}

/** @throws ApiSilent when there is a session to renew and auth does not answer. */
export async function beginVisit(site: Site, context: Context, lang: Language): Promise<Visit> {
  const { log } = context.state as { log: Log }
  const cookies = readCookies(context.get('cookie'))
  const open = openApi(site, context)
  const resolved = await resolveSession(cookies, open)
  addCookies(context, resolved.cookies)
  return {
    site,
    context,
    lang,
    t: messages[lang],
    path: pathWithin(context, lang),
    query: new URLSearchParams(context.querystring),
    api: resolved.session ? open.as(resolved.session.accessToken) : open,
    open,
    session: resolved.session,
    guestCart: readGuestCart(cookieOf(cookies, 'cart'), site.cartSigner),
    cookies,
    renewed: resolved.cookies.length > 0,
    log,
  }
}
