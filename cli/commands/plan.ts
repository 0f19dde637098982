import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const plan: Verb = {
  name: 'plan',
  summary: 'say what up would do, and what it would cost',
  explainsSite: true,
  async run(invocation) {
    const site = await invocation.site()
    const [{ stackOf }, engine, { contextOf }, table] = await Promise.all([
      import('../frame/stack.ts'),
      import('../../provisioners/engine/plan.ts'),
      import('../frame/context.ts'),
      import('../terminal/plan-table.ts'),
    ])
    invocation.emit({ type: 'run-started', verb: 'plan', subject: site.domain, detail: site.target })
    const { resources, obsolete } = stackOf(site)
    const found = await engine.plan(resources, contextOf(invocation), obsolete)
    const changes = found.steps.length > 0
    return {
      status: changes ? exit.changes : exit.done,
      result: { steps: found.steps, followers: found.followers, totals: table.totalsOf(found) },
      text: table.planTable(found),
      next: changes ? ['bookstore up'] : ['bookstore status'],
    }
  },
}
