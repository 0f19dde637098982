import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const deploy: Verb = {
  name: 'deploy',
  summary: 'have what stands in this working tree serve, without dropping a request',
  async run(invocation) {
    const { releasesOf } = await import('../frame/releases.ts')
    const { site, releases } = await releasesOf(invocation, 'deploy')
    invocation.emit({ type: 'run-started', verb: 'deploy', subject: site.domain, detail: site.target })
    const { id, changed } = await releases.deploy(invocation)
    return {
      status: exit.done,
      result: { id, changed },
      text: changed ? `Release ${id} serves now.` : `Release ${id} serves already.`,
      next: ['bookstore smoke', 'bookstore rollback', 'bookstore releases'],
    }
  },
}
