/** A field that was refused, and why. `field` is a path: `lines.0.quantity`. */
export interface FieldProblem {
  field: string
  message: string
}

export interface ProblemOptions {
  detail?: string
  errors?: readonly FieldProblem[]
  headers?: Record<string, string>
  cause?: unknown
}

/**
 * An error that a client may see: RFC 9457 `application/problem+json` with a stable, kebab-case `code`.
 * Whatever else is thrown becomes a 500 whose text tells nothing.
 */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string | undefined
  readonly errors: readonly FieldProblem[] | undefined
  readonly headers: Record<string, string>

  constructor(status: number, code: string, title: string, options: ProblemOptions = {}) {
    super(title, { cause: options.cause })
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.detail = options.detail
    this.errors = options.errors
    this.headers = options.headers ?? {}
  }

  /** The body as RFC 9457 has it. `about:blank` is left out, as the RFC allows. */
  toJSON(): Record<string, unknown> {
    return {
      title: this.message,
      status: this.status,
      code: this.code,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    }
  }
}

export const problemType = 'application/problem+json'

export const notFound = (what = 'Not found') => new Problem(404, 'not-found', what)

/** Something that we depend on does not answer; the client may try again. */
export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem(503, 'unavailable', 'Not available right now', { detail, cause, headers: { 'retry-after': '1' } })
}

/** Sooner than allowed; `seconds` go to Retry-After. */
export function tooMany(detail: string, seconds: number): Problem {
  return new Problem(429, 'too-many-requests', 'Too many requests', {
    detail,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) },
  })
}
