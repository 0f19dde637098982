import Router from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import { Problem } from '../../services/kit/problem.ts'
import { serveAsset } from '../assets/serve.ts'
import { serveDrawnCover } from '../covers/serve.ts'
import { ApiProblem } from '../gateway/api.ts'
import { openFiles } from '../open/open.ts'
import { home } from '../routes/home.tsx'
import { isSameOrigin } from '../security/origin.ts'
import type { Language } from '../settings.ts'
import { sendErrorPage } from './error-page.tsx'
import { forbiddenHere, notFoundHere } from './errors.ts'
import { frame } from './frame.ts'
import { languageOfPath, preferredLanguage } from './language.ts'
import { askToLogIn, sessionRefused } from './log-in-first.ts'
import { type Route, routes } from './routes.ts'
import type { Site } from './site.ts'
import { beginVisit } from './visit.ts'

function handlerOf(site: Site, route: Route, lang: Language): Middleware {
  return async (context) => {
    context.state.route = route.path
    const visit = await beginVisit(site, context, lang)
    if (route.account && !visit.session) return askToLogIn(visit)
    try {
      await route.handle(visit)
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401 && visit.session)) throw error
      sessionRefused(visit)
    }
  }
}

function pagesRouter(site: Site): Router {
  const router = new Router()
  for (const lang of site.shop.languages)
    for (const route of routes) router[route.method](`/${lang}${route.path}`, handlerOf(site, route, lang))
  return router
}

/** Files that need no visit: they are the same for everybody, for ever. */
function files(site: Site): Middleware {
  return async (context, next) => {
    const [, folder, name = ''] = context.path.split('/')
    if (folder === 'assets' && serveAsset(context, site.assets, name)) return
    if (folder === 'covers' && serveDrawnCover(context, site.coverSigner, name)) return
    if (await site.pictures.serve(context, folder, name)) return
    await next()
  }
}

/** Pages are read with GET and changed with forms of our own, and nothing else is done to them. */
function onlyOurForms(site: Site): Middleware {
  const siteOrigin = new URL(site.origin).origin
  return async (context, next) => {
    if (context.method === 'POST') {
      if (!isSameOrigin(context.headers, siteOrigin)) throw forbiddenHere()
    } else if (context.method !== 'GET' && context.method !== 'HEAD') {
      throw new Problem(405, 'method-not-allowed', 'Method not allowed here', { headers: { allow: 'GET, HEAD, POST' } })
    }
    await next()
  }
}

/** `/` is the home page in the reader's language. Any other path without a language gets one in front. */
function withoutLanguage(site: Site): Middleware {
  return async (context, next) => {
    if (languageOfPath(context.path, site.shop) !== undefined && context.path.indexOf('/', 1) > 0) return next()
    if (context.method === 'POST') throw notFoundHere()
    const lang = preferredLanguage(context, site.shop)
    if (context.path === '/') {
      context.state.route = '/'
      return home(await beginVisit(site, context, lang))
    }
    const known = languageOfPath(context.path, site.shop)
    const path = known ? `/${known}/` : pathOfPage(context, lang)
    if (path === undefined) throw notFoundHere()
    context.status = 302
    context.set('location', path)
    context.set('cache-control', 'private, no-store')
    context.body = ''
  }
}

/** First segments of our pages: the rest of the web's paths are not worth a redirection. */
const pageNames = new Set(routes.map(({ path }) => path.split('/')[1] ?? '').filter(Boolean))

function pathOfPage(context: Context, lang: Language): string | undefined {
  if (!pageNames.has(context.path.split('/')[1] ?? '')) return undefined
  return `/${lang}${context.path}${context.querystring && `?${context.querystring}`}`
}

function errorPages(site: Site): Middleware {
  return async (context, next) => {
    try {
      await next()
      if (context.status === 404 && context.body == null) throw notFoundHere()
    } catch (error) {
      const lang = languageOfPath(context.path, site.shop) ?? preferredLanguage(context, site.shop)
      await sendErrorPage(site, context, lang, error)
    }
  }
}

/** The storefront as a Koa application. */
export function createStorefront(site: Site): Koa {
  const app = new Koa()
  app.use(frame(site))
  app.use(errorPages(site))
  app.use(onlyOurForms(site))
  app.use(files(site))
  app.use(openFiles(site))
  app.use(withoutLanguage(site))
  app.use(pagesRouter(site).routes())
  app.on('error', (error: Error) => site.log.warn({ err: error }, 'while sending'))
  return app
}
