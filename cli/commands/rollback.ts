import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const rollback: Verb = {
  name: 'rollback',
  summary: 'have an older release serve again, without dropping a request',
  declare(command) {
    command.argument('[release]', 'which one (default: the one before the active one)')
  },
  async run(invocation) {
    const { releasesOf } = await import('../frame/releases.ts')
    const { site, releases } = await releasesOf(invocation, 'rollback')
    invocation.emit({ type: 'run-started', verb: 'rollback', subject: site.domain, detail: site.target })
    const { id, changed } = await releases.rollback(invocation.args[0], invocation)
    return {
      status: exit.done,
      result: { id, changed },
      text: changed ? `Release ${id} serves again.` : `Release ${id} serves already.`,
      next: ['bookstore releases', 'bookstore deploy'],
    }
  },
}
