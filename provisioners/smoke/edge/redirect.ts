import { DoesNotHold, expect } from '../types.ts'
import { ask, type Step, type Visit } from '../visit.ts'

const redirects = new Set([301, 302, 307, 308])

/** Whoever types the name without https ends where the shop is, with the same path. */
export const httpRedirects: Step = {
  name: 'http redirects',
  async run(visit) {
    const plain = plainOrigin(visit)
    const path = '/api/catalog/books?limit=1'
    const answer = await ask(visit, { path: `${plain}${path}` })
    expect(redirects.has(answer.status), `${plain} answered ${answer.status} instead of sending to https.`)
    const target = targetOf(answer.headers.location, plain)
    expect(
      target.origin === visit.origin.origin,
      `${plain} sends to ${target.origin} instead of ${visit.origin.origin}.`,
    )
    expect(
      target.pathname + target.search === path,
      `${plain} loses the path: ${path} becomes ${target.pathname + target.search}.`,
    )
    return `${plain} -> ${visit.origin.origin}, ${answer.status}`
  },
}

/** Plain HTTP of the same host. @throws DoesNotHold when nobody said where that is. */
export function plainOrigin({ origin, options }: Visit): string {
  const port = options.httpPort ?? usualHttpPort(Number(origin.port || 443))
  if (port === undefined) {
    throw new DoesNotHold(`Which port answers plain HTTP for ${origin.host} is not known: name it with --http-port.`)
  }
  return `http://${origin.hostname}${port === 80 ? '' : `:${port}`}`
}

/** 443 -> 80, 8443 -> 8080, 9443 -> 9080. */
export function usualHttpPort(httpsPort: number): number | undefined {
  return httpsPort % 1000 === 443 ? httpsPort - 363 : undefined
}

function targetOf(location: string | undefined, plain: string): URL {
  if (location !== undefined && URL.canParse(location, plain)) return new URL(location, plain)
  throw new DoesNotHold(`${plain} redirects without saying where to.`)
}
