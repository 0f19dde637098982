import { exit } from '../../provisioners/engine/errors.ts'
import type { Site } from '../../provisioners/site.ts'
import type { Takedown } from '../../provisioners/targets/target.ts'
import type { Outcome, Verb } from '../verb.ts'

export const down: Verb = {
  name: 'down',
  summary: 'stop everything; the data stays, or comes to you in a last backup',
  declare(command) {
    command.option('--purge', 'remove all data as well, after asking')
  },
  async run(invocation) {
    const site = await invocation.site()
    const purge = invocation.options.purge === true
    const { targetOf } = await import('../../provisioners/targets/index.ts')
    const target = await targetOf(site, invocation)
    if (!(await target.exists(invocation))) return nothingThere(site)
    const question = questionOf(site, purge)
    if (question) await invocation.confirm(question)
    invocation.emit({ type: 'run-started', verb: 'down', subject: site.domain, detail: site.target })
    return outcomeOf(await target.down({ purge }, invocation), purge, site)
  },
}

/** On this computer the data stays without --purge; a machine is given back as it was, with a last backup for us. */
function questionOf({ target, home, vm, aws }: Site, purge: boolean): string | undefined {
  const data = 'all data of this shop, books, users and orders,'
  if (target === 'local') return purge ? `Remove ${data} in ${home}?` : undefined
  if (aws) {
    const all = `everything that was made for this shop at AWS in ${aws.region}`
    return purge
      ? `Remove ${all}, with ${data} without a backup?`
      : `Remove ${all}, after its last backup was copied to ${home}?`
  }
  const machines = (vm?.machines ?? []).map(({ host }) => host).join(', ')
  return purge
    ? `Remove the shop from ${machines} with ${data} without a backup?`
    : `Remove the shop from ${machines}, after its last backup was copied to ${home}?`
}

function outcomeOf({ stopped, leftovers, outcome }: Takedown, purge: boolean, { target }: Site): Outcome {
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
    // Of a machine nothing is left to purge.
    next: purge ? [] : ['bookstore up', ...(target === 'local' ? ['bookstore down --purge'] : [])],
  }
}

function nothingThere(site: Site): Outcome {
  return {
    status: exit.done,
    result: { stopped: [], leftovers: [], purged: false },
    text: site.aws ? 'Nothing to remove.' : `Nothing to stop: there is no ${site.home}.`,
  }
}
