/** What an authority answers when it does not do what it was asked (RFC 8555, section 6.7; RFC 9457). */
export interface ProblemDocument {
  type?: string
  detail?: string
  subproblems?: { type?: string; detail?: string; identifier?: { value?: string } }[]
}

const namespace = 'urn:ietf:params:acme:error:'

export class AcmeProblem extends Error {
  /** 'rateLimited', 'badNonce'; 'http-502' for an answer that is no problem document. */
  readonly code: string
  readonly status: number
  /** From Retry-After; 0 when there is none. */
  readonly retryAfterMs: number

  constructor(status: number, document: ProblemDocument, retryAfterMs = 0) {
    super(sentence(document))
    this.name = 'AcmeProblem'
    this.code = document.type?.startsWith(namespace) ? document.type.slice(namespace.length) : `http-${status}`
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** The authority's own words, on one line, with those about single names. */
function sentence({ detail = 'it does not say why', subproblems = [] }: ProblemDocument): string {
  const details = subproblems.map(({ identifier, detail: said }) => `${identifier?.value ?? 'one name'}: ${said ?? ''}`)
  return [detail, ...details].join('; ').replace(/\s+/g, ' ').replace(/\.$/, '')
}
