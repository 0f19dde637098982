import { exit } from '../../provisioners/engine/errors.ts'
import type { ReleaseReport } from '../../provisioners/targets/target.ts'
import type { Verb } from '../verb.ts'

export const releases: Verb = {
  name: 'releases',
  summary: 'list the releases on the machines, and which one serves',
  async run(invocation) {
    const { releasesOf } = await import('../frame/releases.ts')
    const found = await (await releasesOf(invocation, 'releases')).releases.list(invocation)
    return {
      status: exit.done,
      result: { releases: found },
      text: found.length === 0 ? 'There is no release yet.' : found.map(lineOf).join('\n'),
      next: found.length === 0 ? ['bookstore up'] : ['bookstore deploy', 'bookstore rollback'],
    }
  },
}

function lineOf({ id, active, since, by }: ReleaseReport): string {
  const when = since === undefined ? 'never served' : `${since.slice(0, 16).replace('T', ' ')} UTC`
  return [active ? '*' : ' ', id, when, by ?? ''].join('  ').trimEnd()
}
