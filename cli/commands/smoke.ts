import { exit } from '../../provisioners/engine/errors.ts'
import type { SmokeOptions, SmokeReport } from '../../provisioners/smoke/index.ts'
import type { GivenOptions } from '../../provisioners/smoke/site-options.ts'
import type { Outcome, Verb } from '../verb.ts'

export const smoke: Verb = {
  name: 'smoke',
  summary: 'make the shopper’s journey, and say what does not hold',
  declare(command) {
    command
      .option('--url <url>', 'the site to check (default: the one of the configuration)')
      .option('--read-only', 'look only: no account, no book, no order')
      .option('--ca <file>', 'believe certificates of this authority alone')
      .option('--http-port <port>', 'where plain HTTP answers (default: 80 for 443, 8080 for 8443)')
      .option('--payments <what>', 'simulator: buying there costs nothing')
      .option('--report <file>', 'write a report: .xml for JUnit, else JSON')
  },
  async run(invocation) {
    const { options: given, signal, clock, emit, cwd } = invocation
    const [{ runSmoke }, { givenOptions }] = await Promise.all([
      import('../../provisioners/smoke/index.ts'),
      import('../../provisioners/smoke/site-options.ts'),
    ])
    const options = await givenOptions(given as GivenOptions, await invocation.site(), cwd)
    emit({ type: 'run-started', verb: 'smoke', subject: options.url, detail: options.readOnly ? 'read-only' : '' })
    return outcomeOf(await runSmoke(options, { signal, clock, emit }), options)
  },
}

function outcomeOf(report: SmokeReport, options: SmokeOptions): Outcome {
  const { ok, url, checks, durationMs, readOnly } = report
  const failed = checks.filter((check) => !check.ok && !check.skipped).length
  const skipped = checks.filter((check) => check.skipped).length
  const seconds = `${(durationMs / 1000).toFixed(1)} s`
  const text = ok
    ? `${url} holds: ${checks.length} checks, ${seconds}`
    : `${url} does not hold: ${failed} of ${checks.length} checks failed, ${skipped} not tried, ${seconds}`
  return {
    status: ok ? exit.done : exit.doesNotHold,
    result: { url, readOnly, checks, durationMs, ...(options.report === undefined ? {} : { report: options.report }) },
    text,
    ...(ok ? {} : { next: ['bookstore status', 'bookstore logs'] }),
  }
}
