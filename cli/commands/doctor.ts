import type { Check, Finding } from '../../provisioners/engine/check.ts'
import { exit } from '../../provisioners/engine/errors.ts'
import type { Invocation, Outcome, Verb } from '../verb.ts'

interface Report extends Finding {
  name: string
  durationMs: number
}

export const doctor: Verb = {
  name: 'doctor',
  summary: 'check that this computer can run a shop',
  explainsSite: true,
  async run(invocation) {
    const site = await invocation.site()
    const { targetOf } = await import('../../provisioners/targets/index.ts')
    invocation.emit({ type: 'run-started', verb: 'doctor', subject: site.domain, detail: site.target })
    return examine((await targetOf(site, invocation)).checks(), invocation)
  },
}

/** All at once, told in their order. */
export async function examine(checks: readonly Check[], invocation: Invocation): Promise<Outcome> {
  const running = checks.map((check) => ask(check, invocation))
  const reports: Report[] = []
  for (const answer of running) {
    const report = await answer
    reports.push(report)
    const { name, ok, message, durationMs, hint } = report
    invocation.emit({ type: 'check', name, ok, message, durationMs, ...(hint === undefined ? {} : { hint }) })
  }
  invocation.signal.throwIfAborted()
  const wrong = reports.filter((report) => !report.ok).length
  return {
    status: wrong === 0 ? exit.done : exit.doesNotHold,
    result: { checks: reports },
    text: wrong === 0 ? `All ${reports.length} checks hold.` : `${wrong} of ${reports.length} checks do not hold.`,
    next: wrong === 0 ? ['bookstore plan', 'bookstore up'] : ['bookstore doctor'],
  }
}

async function ask({ name, run }: Check, { signal, clock, emit }: Invocation): Promise<Report> {
  const started = clock.now().getTime()
  const finding = await run({ signal, clock, emit }).catch((error: unknown): Finding => {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  })
  return { name, ...finding, durationMs: clock.now().getTime() - started }
}
