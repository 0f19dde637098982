import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const plan: Verb = {
  name: 'plan',
  summary: 'say what up would do, and what it would cost',
  explainsSite: true,
  async run(invocation) {
    const site = await invocation.site()
    const [{ targetOf }, { contextOf }, table] = await Promise.all([
      import('../../provisioners/targets/index.ts'),
      import('../frame/context.ts'),
      import('../terminal/plan-table.ts'),
    ])
    invocation.emit({ type: 'run-started', verb: 'plan', subject: site.domain, detail: site.target })
    const found = await (await targetOf(site, invocation)).plan(contextOf(invocation))
    const changes = found.steps.length > 0
    return {
      status: changes ? exit.changes : exit.done,
      result: { steps: found.steps, followers: found.followers, totals: table.totalsOf(found) },
      text: table.planTable(found),
      next: changes ? ['bookstore up'] : ['bookstore status'],
    }
  },
}
