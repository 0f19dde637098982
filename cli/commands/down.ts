import { exit } from '../../provisioners/engine/errors.ts'
import type { Site } from '../../provisioners/site.ts'
import type { Invocation, Outcome, Verb } from '../verb.ts'

export const down: Verb = {
  name: 'down',
  summary: 'stop everything; the data stays',
  declare(command) {
    command.option('--purge', 'remove all data as well, after asking')
  },
  async run(invocation) {
    const site = await invocation.site()
    const purge = invocation.options.purge === true
    const { exists } = await import('../../provisioners/local/stop.ts')
    if (!(await exists(site))) return nothingThere(site)
    if (purge) await invocation.confirm(`Remove all data of this shop, books, users and orders, in ${site.home}?`)
    return takeDown(site, purge, invocation)
  },
}

async function takeDown(site: Site, purge: boolean, invocation: Invocation): Promise<Outcome> {
  const [{ stopSite, purgeSite }, { withLease }, { guardOf }, { contextOf }] = await Promise.all([
    import('../../provisioners/local/stop.ts'),
    import('../../provisioners/engine/lease.ts'),
    import('../frame/stack.ts'),
    import('../frame/context.ts'),
  ])
  invocation.emit({ type: 'run-started', verb: 'down', subject: site.domain, detail: site.target })
  const guard = guardOf(site, 'down')
  const { processes, leftovers } = await withLease(
    guard.lease,
    { verb: guard.verb, clock: invocation.clock },
    async () => {
      const stopped = await stopSite(site, contextOf(invocation))
      if (purge && stopped.leftovers.length === 0) await purgeSite(site)
      return stopped
    },
  )
  if (leftovers.length > 0) {
    const list = leftovers.map(({ what }) => `- ${what}`).join('\n')
    return {
      status: exit.doesNotHold,
      result: { stopped: processes, leftovers },
      text: `Still there:\n${list}`,
      next: ['bookstore down'],
    }
  }
  const text = purge
    ? `All of it is gone, ${site.home} included.`
    : `Nothing runs any more. The data stays in ${site.home}.`
  return {
    status: exit.done,
    result: { stopped: processes, leftovers, purged: purge },
    text,
    next: purge ? [] : ['bookstore up', 'bookstore down --purge'],
  }
}

function nothingThere(site: Site): Outcome {
  return {
    status: exit.done,
    result: { stopped: [], leftovers: [], purged: false },
    text: `Nothing to stop: there is no ${site.home}.`,
  }
}
