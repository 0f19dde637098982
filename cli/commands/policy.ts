import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const policy: Verb = {
  name: 'policy',
  summary: 'print the least IAM policy that a verb needs at AWS',
  declare(command) {
    command.argument('[verb]', 'up, down, plan, ... (default: all of them)')
  },
  async run(invocation) {
    const { cloudOf } = await import('../frame/cloud.ts')
    const document = await (await cloudOf(invocation, 'policy')).policy(invocation.args[0], invocation)
    return {
      status: exit.done,
      result: { policy: document },
      text: JSON.stringify(document, undefined, 2),
      next: ['bookstore cost', 'bookstore plan'],
    }
  },
}
