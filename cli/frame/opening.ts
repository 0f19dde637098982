import type { Summary } from '../../provisioners/engine/apply.ts'
import { exit } from '../../provisioners/engine/errors.ts'
import type { SmokeReport } from '../../provisioners/smoke/index.ts'
import type { SiteFacts } from '../../provisioners/targets/target.ts'
import { duration } from '../terminal/text.ts'
import type { Outcome } from '../verb.ts'

interface Opening {
  facts: SiteFacts
  /** Browsers have to be told about the authority first. */
  trusting: boolean
  summary: Summary
  /** Undefined when nothing had to change. */
  journey: SmokeReport | undefined
  durationMs: number
}

/** What `up` says when the shop is open: where it is, how to trust it, what to do next. */
export function openingOf({ facts, trusting, summary, journey, durationMs }: Opening): Outcome {
  const { url, ca } = facts
  const unchanged = summary.done.length === 0
  const sentence = unchanged ? `${url} is open; nothing had to change` : `${url} is open`
  return {
    status: exit.done,
    result: {
      url,
      ca,
      changed: summary.done,
      smoke: journey ? { ok: journey.ok, checks: journey.checks.length } : null,
      durationMs,
    },
    text: `${sentence.padEnd(68)} ${duration(durationMs).padStart(10)}`,
    next: [...(trusting ? ['bookstore trust'] : []), 'bookstore status', 'bookstore logs', 'bookstore down'],
  }
}
