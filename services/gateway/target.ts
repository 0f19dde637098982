import { notFound, Problem } from '../kit/problem.ts'

/** Where a request goes: the service that its path names, and the path as that service sees it. */
export interface Target {
  service: string
  /** With the query, as the client wrote it. */
  path: string
}

const badPath = () =>
  new Problem(400, 'invalid-path', 'The path is not valid', {
    detail: 'Paths have no empty or dot segments, and no encoded slashes.',
  })

/** A dot segment, plain or encoded, in a path without a query (RFC 3986, 5.2.4). */
const dotSegment = /\/(?:\.|%2e){1,2}(?=\/|$)/i
/** What one reader takes for a slash, and another does not. */
const doubtful = /\/\/|\\|%2f|%5c|%00|[#\s]/i

/**
 * Reads a request target in origin form. A path that two readers could read in two ways is refused rather than mended,
 * so that what is checked here is what the service sees (CWE-22, CWE-436).
 * @returns 'index' for `/api` itself.
 * @throws Problem 400 `invalid-path`, 404 for what is no path of the API.
 */
export function targetOf(url: string): Target | 'index' {
  const queryAt = url.indexOf('?')
  const path = queryAt === -1 ? url : url.slice(0, queryAt)
  if (path === '/api' || path === '/api/') return 'index'
  if (!path.startsWith('/api/')) throw notFound()
  if (doubtful.test(path) || dotSegment.test(path)) throw badPath()
  const service = path.slice('/api/'.length).split('/', 1)[0] ?? ''
  return { service, path: url.slice('/api'.length) }
}
