import { localPath } from '../security/next.ts'
import { clearCookie } from '../session/cookies.ts'
import { noSessionCookies } from '../session/session.ts'
import { link } from './links.ts'
import { redirect } from './reply.tsx'
import { addCookies, type Visit } from './visit.ts'

/** Where the visitor goes on afterwards: this page, or for a form the page it stands on. */
function pageOf(visit: Visit): string {
  const { context, lang, path, site } = visit
  if (context.method !== 'POST') return `/${lang}${path}`
  const referer = context.get('referer')
  const within = referer.startsWith(`${site.origin}/`) ? localPath(referer.slice(site.origin.length)) : undefined
  return within ?? link(lang, '/')
}

export function askToLogIn(visit: Visit, why?: 'ended'): void {
  redirect(visit, link(visit.lang, '/login', { next: pageOf(visit), ...(why && { why }) }))
}

/**
 * A service refused the access token. An older one may just be stale: without it the next request renews it. One that
 * this visit has only just got means that the session is over.
 */
export function sessionRefused(visit: Visit): void {
  visit.log.info('the session was refused')
  visit.context.remove('set-cookie')
  if (visit.renewed || !visit.cookies.has('__Host-refresh')) {
    addCookies(visit.context, noSessionCookies())
    askToLogIn(visit, 'ended')
    return
  }
  addCookies(visit.context, [clearCookie('session')])
  redirect(visit, pageOf(visit))
}
