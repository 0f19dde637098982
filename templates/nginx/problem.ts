import { block, lines, quote } from './text.ts'

interface Problem {
  location: string
  status: number
  title: string
  code: string
  detail: string
  /** Seconds, or a variable that has them. */
  retryAfter?: number | string
}

/** RFC 9457, for what NGINX itself has to say to a program. */
function problemLocation({ location, status, title, code, detail, retryAfter }: Problem, headers: string): string {
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail })
  return block(
    `location ${location}`,
    'internal;',
    'default_type application/problem+json;',
    headers,
    retryAfter !== undefined && `add_header Retry-After ${retryAfter} always;`,
    `return ${status} ${quote(body)};`,
  )
}

const unavailable = (retryAfter: number | string): Problem => ({
  location: '@unavailable',
  status: 503,
  title: 'Service Unavailable',
  code: 'unavailable',
  detail: 'This part of the shop is starting or very busy. Try again in a moment.',
  retryAfter,
})

const tooLarge: Problem = {
  location: '@too-large',
  status: 413,
  title: 'Content Too Large',
  code: 'too-large',
  detail: 'The body is larger than this call accepts.',
}

const tooMany: Problem = {
  location: '@too-many',
  status: 429,
  title: 'Too Many Requests',
  code: 'too-many-requests',
  detail: 'Too many attempts from this address. Try again in a minute.',
  retryAfter: 60,
}

/** The locations, and the directive that leads to them from a proxying location. */
export const problems = {
  locations: (headers = '', retryAfter: number | string = 1) =>
    lines(...[unavailable(retryAfter), tooLarge].map((each) => problemLocation(each, headers))),
  tooMany: { location: (headers: string) => problemLocation(tooMany, headers), use: 'error_page 429 = @too-many;' },
  use: 'error_page 502 503 504 = @unavailable;\nerror_page 413 = @too-large;',
}
