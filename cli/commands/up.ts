import type { SiteFacts } from '../../provisioners/targets/target.ts'
import type { Event, Verb } from '../verb.ts'

export const up: Verb = {
  name: 'up',
  summary: 'open the shop, or bring it to what the configuration says',
  explainsSite: true,
  async run(invocation) {
    const { clock, emit } = invocation
    const started = clock.now().getTime()
    const site = await invocation.site()
    const [{ targetOf }, { contextOf }, { openingOf }] = await Promise.all([
      import('../../provisioners/targets/index.ts'),
      import('../frame/context.ts'),
      import('../frame/opening.ts'),
    ])
    emit({ type: 'run-started', verb: 'up', subject: site.domain, detail: site.target })
    const ctx = contextOf(invocation)
    const target = await targetOf(site, invocation)
    const summary = await target.up('up', ctx)
    const changed = summary.done.length > 0
    const journey = changed
      ? await import('../frame/journey.ts').then(({ journeyOf }) => journeyOf(site, ctx))
      : undefined
    const facts = target.facts()
    const trusting = site.target === 'local'
    if (changed && trusting) emit(trustNote(facts))
    return openingOf({ facts, trusting, summary, journey, durationMs: clock.now().getTime() - started })
  },
}

function trustNote({ curl }: SiteFacts): Event {
  return {
    type: 'note',
    level: 'info',
    message: `Browsers warn until they know the authority of this computer: bookstore trust`,
    ...(curl === undefined ? {} : { hint: `Without a browser: ${curl}` }),
  }
}
