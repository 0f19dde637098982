import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const ssh: Verb = {
  name: 'ssh',
  summary: 'enter a machine, or run a command there',
  declare(command) {
    command.argument('[command...]', 'what to run there (default: a shell)').option('--machine <host>', 'which one')
  },
  async run(invocation) {
    const site = await invocation.site()
    const [{ sshArguments }, { targetOf }, { contextOf }] = await Promise.all([
      import('../../provisioners/vm/ssh-arguments.ts'),
      import('../../provisioners/targets/index.ts'),
      import('../frame/context.ts'),
    ])
    await (await targetOf(site, invocation)).locate?.(contextOf(invocation))
    const argv = sshArguments(site, invocation.options.machine, invocation.args)
    const code = await invocation.handOver(argv)
    return { status: code === 0 ? exit.done : exit.failed, result: { code } }
  },
}
