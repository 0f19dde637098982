import type { Context } from 'koa'
import type { Log } from '../../services/kit/log.ts'
import { Problem } from '../../services/kit/problem.ts'
import { readGuestCart } from '../cart/guest-cart.ts'
import { Api } from '../gateway/api.ts'
import { messages } from '../i18n/messages.ts'
import { ErrorPage, errorTexts } from '../pages/error.tsx'
import { cookieOf, readCookies } from '../session/cookies.ts'
import type { Language } from '../settings.ts'
import { statusOf } from './errors.ts'
import { sendPage } from './reply.tsx'
import type { Site } from './site.ts'
import { pathWithin, type Visit } from './visit.ts'

/** A visit that asks the gateway nothing: the page of an error must not need what has just failed. */
function bareVisit(site: Site, context: Context, lang: Language): Visit {
  const { requestId, log } = context.state as { requestId: string; log: Log }
  const api = new Api(site.gateway, {
    requestId,
    address: '',
    accessToken: undefined,
    signal: AbortSignal.abort(),
  })
  const cookies = readCookies(context.get('cookie'))
  return {
    site,
    context,
    lang,
    t: messages[lang],
    // A page that takes POST only has no address of its own for the other language.
    path: context.method === 'POST' ? '/' : pathWithin(context, lang),
    query: new URLSearchParams(),
    api,
    open: api,
    session: undefined,
    guestCart: readGuestCart(cookieOf(cookies, 'cart'), site.cartSigner),
    cookies,
    renewed: false,
    log,
  }
}

/** Answers with the page of `error`. What is ours to mend is logged; the visitor gets a reference, never the cause. */
export async function sendErrorPage(site: Site, context: Context, lang: Language, error: unknown): Promise<void> {
  const status = statusOf(error)
  const { requestId, log } = context.state as { requestId: string; log: Log }
  if (status >= 500) log.error({ err: error, cause: (error as Error).cause }, 'a page failed')
  context.remove('etag')
  if (status === 503) context.set('retry-after', '5')
  if (error instanceof Problem) context.set(error.headers)
  await sendPage(bareVisit(site, context, lang), {
    kind: 'error',
    title: errorTexts(messages[lang], status).title,
    status,
    body: <ErrorPage status={status} reference={requestId} />,
  })
}
