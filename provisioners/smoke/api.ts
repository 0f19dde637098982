import { type Fields, fieldsOf } from './fields.ts'
import type { Answer, Ask } from './http/client.ts'
import { DoesNotHold, expect } from './types.ts'
import { ask, type Person, type Visit } from './visit.ts'

export interface Call extends Pick<Ask, 'method' | 'body'> {
  /** Below `/api`: '/auth/login'. */
  path: string
  /** Whose session goes along. */
  as?: Person | undefined
  /** Sent as Idempotency-Key. */
  key?: string
  /** Statuses that are as they should be. */
  expect: number | readonly number[]
  /** What the answer is, for sentences: 'the order'. */
  what: string
}

const attempts = 3
/** Seconds of Retry-After that we are ready to wait. */
const longestWait = 3

/**
 * One call of the REST contract. A busy service (429, 503 with a Retry-After of up to 3 s) is asked again, twice at most.
 * @throws DoesNotHold with the problem's code when the status is another one.
 */
export async function call(visit: Visit, call: Call): Promise<Fields> {
  const answer = await patiently(visit, call)
  const wanted = [call.expect].flat()
  expect(
    wanted.includes(answer.status),
    `${call.method ?? 'GET'} /api${call.path.split('?', 1)[0]} answered ${answer.status}${problemOf(answer)}, and ${wanted.join(' or ')} was expected.`,
  )
  return answer.text === '' ? fieldsOf({ ...answer, text: 'null' }, call.what) : fieldsOf(answer, call.what)
}

/** The same, for whoever judges the status himself. */
export function status(visit: Visit, request: Omit<Call, 'expect' | 'what'>): Promise<number> {
  return send(visit, request).then((answer) => answer.status)
}

async function patiently(visit: Visit, call: Call): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send(visit, call)
    const seconds = Number(answer.headers['retry-after'])
    const busy = answer.status === 429 || answer.status === 503
    if (!busy || attempt === attempts || !(seconds <= longestWait) || [call.expect].flat().includes(answer.status))
      return answer
    await visit.clock.sleep(seconds * 1000, visit.signal)
  }
}

function send(visit: Visit, { method, body, path, as, key }: Omit<Call, 'expect' | 'what'>): Promise<Answer> {
  const token = as && sessionOf(as).accessToken
  return ask(visit, {
    path: `/api${path}`,
    ...(method === undefined ? {} : { method }),
    ...(body === undefined ? {} : { body }),
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
  })
}

/** The code of a problem (RFC 9457), which never holds what we sent. */
function problemOf(answer: Answer): string {
  if (!/json/.test(answer.headers['content-type'] ?? '')) return ''
  try {
    const { code, detail } = JSON.parse(answer.text) as { code?: unknown; detail?: unknown }
    const parts = [code, detail].filter((part) => typeof part === 'string')
    return parts.length === 0 ? '' : ` (${parts.join(': ')})`
  } catch {
    return ''
  }
}

export function sessionOf(person: Person): NonNullable<Person['session']> {
  if (person.session) return person.session
  throw new DoesNotHold(`${person.name} is not logged in.`)
}

/** What a step was promised by the steps that it needs. */
export function promised<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new DoesNotHold(`There is no ${what}, which an earlier step should have made.`)
  return value
}
