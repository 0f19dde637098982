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
    const [{ targetOf }, { contextOf }] = await Promise.all([
      import('../../provisioners/targets/index.ts'),
      import('../frame/context.ts'),
    ])
    invocation.emit({ type: 'run-started', verb: 'scale', subject: site.domain, detail: `${instances} of each` })
    const changed = await (await targetOf(site, invocation)).scale(instances, contextOf(invocation))
    if (changed === 'stopped') {
      const text = `The next start runs ${instances} of each service.`
      return { status: exit.done, result: { instances, changed: [] }, text, next: ['bookstore up'] }
    }
    return {
      status: exit.done,
      result: { instances, changed },
      text: `${instances} of each service ${instances === 1 ? 'runs' : 'run'} now.`,
      next: ['bookstore status'],
    }
  },
}

/** The file would win at the next `up`; better to say so now. */
function refuseConfigured({ target, local, vm }: Site, instances: number): void {
  const configured = target === 'local' ? local.instances : vm?.instances
  if (configured === undefined || configured === instances) return
  throw new BookstoreError(`The configuration sets ${target}.instances to ${configured}, and it decides.`, {
    code: 'instances-configured',
    fault: 'user',
    status: exit.configuration,
    hint: `Change it there to ${instances}, or remove it, then run the same command again.`,
  })
}
