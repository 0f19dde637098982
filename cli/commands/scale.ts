import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import type { Site } from '../../provisioners/site.ts'
import type { Verb } from '../verb.ts'

export const scale: Verb = {
  name: 'scale',
  summary: 'run more or fewer processes of each service',
  declare(command) {
    command.requiredOption('--instances <number>', 'processes of each service, 1 to 8')
  },
  async run(invocation) {
    const site = await invocation.site()
    const instances = Number(invocation.options.instances)
    refuseConfigured(site, instances)
    const [{ storeInstances }, { readStatus }, { converge }, { stackOf, guardOf }, { contextOf }] = await Promise.all([
      import('../../provisioners/local/instances.ts'),
      import('../../provisioners/local/status.ts'),
      import('../../provisioners/engine/converge.ts'),
      import('../frame/stack.ts'),
      import('../frame/context.ts'),
    ])
    await storeInstances(site, instances)
    const { state } = await readStatus(site, invocation.clock)
    if (state === 'stopped') {
      const text = `The next start runs ${instances} of each service.`
      return { status: exit.done, result: { instances, changed: [] }, text, next: ['bookstore up'] }
    }
    invocation.emit({ type: 'run-started', verb: 'scale', subject: site.domain, detail: `${instances} of each` })
    const { summary } = await converge(stackOf(site), guardOf(site, 'scale'), contextOf(invocation))
    return {
      status: exit.done,
      result: { instances, changed: summary.done },
      text: `${instances} of each service ${instances === 1 ? 'runs' : 'run'} now.`,
      next: ['bookstore status'],
    }
  },
}

/** The file would win at the next `up`; better to say so now. */
function refuseConfigured({ local }: Site, instances: number): void {
  if (local.instances === undefined || local.instances === instances) return
  throw new BookstoreError(`The configuration sets local.instances to ${local.instances}, and it decides.`, {
    code: 'instances-configured',
    fault: 'user',
    status: exit.configuration,
    hint: `Change it there to ${instances}, or remove it, then run the same command again.`,
  })
}
