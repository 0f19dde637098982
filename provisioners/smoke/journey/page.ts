import type { Answer } from '../http/client.ts'
import { DoesNotHold, expect } from '../types.ts'
import { ask, type Visit } from '../visit.ts'

const mostRedirects = 3

/** A page as a visitor with that language sees it. Redirects are followed on the same origin, three at most. */
export async function openPage(visit: Visit, path: string, language: string): Promise<Answer> {
  let url = new URL(path, visit.origin)
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const headers = { accept: 'text/html', 'accept-language': language }
    const answer = await ask(visit, { path: url.pathname + url.search, headers })
    const { location } = answer.headers
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer
    url = new URL(location, url)
    expect(url.origin === visit.origin.origin, `The page ${path} sends its visitors to another site: ${url.origin}.`)
  }
  throw new DoesNotHold(`The page ${path} redirects in circles.`)
}
