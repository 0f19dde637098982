import { BookstoreError } from '../../provisioners/engine/errors.ts'
import type { Event } from '../../provisioners/engine/events.ts'
import { reasonOf } from '../../provisioners/engine/interrupted.ts'
import type { Context } from '../../provisioners/engine/resource.ts'
import type { Site } from '../../provisioners/site.ts'
import { runSmoke, type SmokeReport } from '../../provisioners/smoke/index.ts'
import { smokeOptionsOf } from '../../provisioners/smoke/site-options.ts'

const step = { address: 'site.smoke/journey', label: "shopper's journey", action: 'create' } as const

/**
 * The journey after a change, as one step: what it is at, and of its checks only those that do not hold.
 *
 * @throws BookstoreError 'journey-does-not-hold'.
 */
export async function journeyOf(site: Site, ctx: Context): Promise<SmokeReport> {
  const options = await smokeOptionsOf(site)
  ctx.emit({ type: 'step-started', ...step })
  const started = ctx.clock.now().getTime()
  const emit = (event: Event) => {
    if (event.type === 'check') ctx.emit({ type: 'step-progress', address: step.address, message: event.name })
    if (event.type !== 'check' || !event.ok) ctx.emit(event)
  }
  const report = await runSmoke(options, { ...ctx, emit })
  if (ctx.signal.aborted) throw reasonOf(ctx.signal)
  const durationMs = ctx.clock.now().getTime() - started
  if (report.ok) {
    ctx.emit({ type: 'step-finished', ...step, detail: `${report.checks.length} checks hold`, durationMs })
    return report
  }
  const error = doesNotHold(report, options.url)
  ctx.emit({ type: 'step-failed', ...step, code: error.code, message: error.message, durationMs })
  throw error
}

function doesNotHold({ checks }: SmokeReport, url: string): BookstoreError {
  const wrong = checks.filter((check) => !check.ok && !check.skipped)
  const names = wrong.map(({ name }) => name).join(', ')
  return new BookstoreError(
    `The shop stands at ${url}, but a shopper's journey through it does not succeed: ${names}.`,
    {
      code: 'journey-does-not-hold',
      fault: 'bug',
      hint: 'See what the processes say: bookstore logs. Try the journey again: bookstore smoke',
      details: { checks: wrong },
    },
  )
}
