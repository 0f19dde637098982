import type { Context, Middleware } from 'koa'
import { requestIdOf } from '../../services/kit/app.ts'
import type { Log } from '../../services/kit/log.ts'
import { setSecurityHeaders } from '../security/headers.ts'
import type { Site } from './site.ts'

function note(site: Site, context: Context, started: number): void {
  const seconds = (performance.now() - started) / 1000
  const { log, route } = context.state as { log: Log; route?: string }
  site.metrics.requests.observe({ method: context.method, route: route ?? 'none', status: context.status }, seconds)
  const ms = Math.round(seconds * 1e4) / 10
  const line = { method: context.method, path: context.path, status: context.status, ms }
  if (context.status >= 500) log.warn(line, 'request')
  else log.info(line, 'request')
}

/** Outermost: request id, headers, the log line and the metrics of each request. */
export function frame(site: Site): Middleware {
  return async (context, next) => {
    const started = performance.now()
    const requestId = requestIdOf(context.get('x-request-id'))
    context.state.requestId = requestId
    context.state.log = site.log.child({ requestId })
    context.set('x-request-id', requestId)
    setSecurityHeaders(context)
    site.metrics.inFlight.inc()
    try {
      await next()
    } finally {
      site.metrics.inFlight.dec()
      note(site, context, started)
    }
  }
}
