import type { Event, Verb } from '../verb.ts'

export const up: Verb = {
  name: 'up',
  summary: 'open the shop, or bring it to what the configuration says',
  async run(invocation) {
    const { clock, emit } = invocation
    const started = clock.now().getTime()
    const site = await invocation.site()
    const [{ stackOf, guardOf, entranceOf }, { converge }, { contextOf }, { openingOf }] = await Promise.all([
      import('../frame/stack.ts'),
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
    const { url, ca } = entranceOf(site)
    if (changed) emit(trustNote(ca))
    return openingOf({ url, ca, summary, journey, durationMs: clock.now().getTime() - started })
  },
}

function trustNote(ca: string): Event {
  return {
    type: 'note',
    level: 'info',
    message: `Browsers do not know the authority of this computer yet: ${ca}`,
    hint: 'bookstore trust makes them believe it, bookstore trust --remove takes that back.',
  }
}
