import type { Summary } from '../../provisioners/engine/apply.ts'
import { exit } from '../../provisioners/engine/errors.ts'
import type { Site } from '../../provisioners/site.ts'
import { duration } from '../terminal/text.ts'
import type { Outcome } from '../verb.ts'

/** Public origin of a site, without a slash. */
export function urlOf({ domain, local: { httpsPort } }: Pick<Site, 'domain' | 'local'>): string {
  return `https://${domain}${httpsPort === 443 ? '' : `:${httpsPort}`}`
}

/** What `up` says when the shop is open: where it is, and what to do there. */
export function openingOf(site: Site, { done }: Summary, durationMs: number): Outcome {
  const url = urlOf(site)
  const sentence = done.length === 0 ? `${url} is open, nothing had to change` : `${url} is open`
  return {
    status: exit.done,
    result: { url, changed: done, durationMs },
    text: `${sentence.padEnd(60)} ${duration(durationMs)}`,
    next: ['bookstore status', 'bookstore trust', 'bookstore logs'],
  }
}
