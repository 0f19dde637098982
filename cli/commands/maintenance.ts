import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const maintenance: Verb = {
  name: 'maintenance',
  summary: 'answer every request with a page that says to come back, or stop doing so',
  declare(command) {
    command.argument('<on|off>', 'on: 503 with Retry-After; off: the shop')
  },
  async run(invocation) {
    const on = switchOf(invocation.args[0] ?? '')
    const { releasesOf } = await import('../frame/releases.ts')
    const { site, releases } = await releasesOf(invocation, 'maintenance')
    await releases.maintenance(on, invocation)
    return {
      status: exit.done,
      result: { maintenance: on },
      text: on ? `${site.domain} says that it is being worked on.` : `${site.domain} is open.`,
      next: on ? ['bookstore maintenance off'] : ['bookstore smoke'],
    }
  },
}

function switchOf(word: string): boolean {
  if (word === 'on' || word === 'off') return word === 'on'
  throw new BookstoreError(`maintenance is on or off, not '${word}'.`, {
    code: 'wrong-switch',
    fault: 'user',
    status: exit.usage,
    hint: 'Give one of them: bookstore maintenance on',
  })
}
