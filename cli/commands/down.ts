import { exit } from '../../provisioners/engine/errors.ts'
import type { Site } from '../../provisioners/site.ts'
import type { Takedown } from '../../provisioners/targets/target.ts'
import type { Outcome, Verb } from '../verb.ts'

export const down: Verb = {
  name: 'down',
  summary: 'stop everything; the data stays',
  declare(command) {
    command.option('--purge', 'remove all data as well, after asking')
  },
  async run(invocation) {
    const site = await invocation.site()
    const purge = invocation.options.purge === true
    const { targetOf } = await import('../../provisioners/targets/index.ts')
    const target = await targetOf(site, invocation)
    if (!(await target.exists(invocation))) return nothingThere(site)
    if (purge) await invocation.confirm(questionOf(site))
    invocation.emit({ type: 'run-started', verb: 'down', subject: site.domain, detail: site.target })
    return outcomeOf(await target.down({ purge }, invocation), purge)
  },
}

function questionOf({ target, home, vm }: Site): string {
  const where = target === 'local' ? home : (vm?.machines ?? []).map(({ host }) => host).join(', ')
  return `Remove all data of this shop, books, users and orders, ${target === 'local' ? 'in' : 'on'} ${where}?`
}

function outcomeOf({ stopped, leftovers, outcome }: Takedown, purge: boolean): Outcome {
  if (leftovers.length > 0) {
    const list = leftovers.map(({ what }) => `- ${what}`).join('\n')
    return {
      status: exit.doesNotHold,
      result: { stopped, leftovers },
      text: `Still there:\n${list}`,
      next: ['bookstore down'],
    }
  }
  return {
    status: exit.done,
    result: { stopped, leftovers, purged: purge },
    text: outcome,
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
