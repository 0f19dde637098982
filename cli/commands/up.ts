import type { SiteFacts } from '../../provisioners/local/describe.ts'
import type { Event, Verb } from '../verb.ts'

export const up: Verb = {
  name: 'up',
  summary: 'open the shop, or bring it to what the configuration says',
  explainsSite: true,
  async run(invocation) {
    const { clock, emit } = invocation
    const started = clock.now().getTime()
    const site = await invocation.site()
    const [{ stackOf, guardOf }, { siteFacts }, { converge }, { contextOf }, { openingOf }] = await Promise.all([
      import('../frame/stack.ts'),
      import('../../provisioners/local/describe.ts'),
      import('../../provisioners/engine/converge.ts'),
      import('../frame/context.ts'),
      import('../frame/opening.ts'),
    ])
    emit({ type: 'run-started', verb: 'up', subject: site.domain, detail: site.target })
    const ctx = contextOf(invocation)
    const { summary } = await converge(stackOf(site), guardOf(site, 'up'), ctx)
    const changed = summary.done.length > 0
    const journey = changed
      ? await import('../frame/journey.ts').then(({ journeyOf }) => journeyOf(site, ctx))
      : undefined
    const facts = siteFacts(site)
    if (changed) emit(trustNote(facts))
    return openingOf({ facts, summary, journey, durationMs: clock.now().getTime() - started })
  },
}

function trustNote({ curl, trust }: SiteFacts): Event {
  return {
    type: 'note',
    level: 'info',
    message: `Browsers warn until they know the authority of this computer: ${trust}`,
    hint: `Without a browser: ${curl}`,
  }
}
