import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const trust: Verb = {
  name: 'trust',
  summary: 'have this computer trust the local authority',
  declare(command) {
    command.option('--remove', 'trust it no longer')
  },
  async run({ site, options, signal, emit }) {
    const { tls } = (await import('../../provisioners/local/layout.ts')).layoutOf(await site())
    const { changeTrust } = await import('../../provisioners/certificates/trust/trust.ts')
    const outcomes = await changeTrust(tls, options.remove === true ? 'remove' : 'add', signal)
    for (const { store, did, because = '', remedy } of outcomes) {
      if (did !== 'could not') continue
      emit({
        type: 'note',
        level: 'warning',
        message: `${store}: ${because}`,
        ...(remedy === undefined ? {} : { hint: remedy }),
      })
    }
    const done = outcomes.filter(({ did }) => did !== 'could not')
    const width = Math.max(0, ...done.map(({ store }) => store.length))
    return {
      status: done.length > 0 ? exit.done : exit.failed,
      result: { stores: outcomes },
      text: done.map(({ store, did }) => `${store.padEnd(width)}  ${did}`).join('\n'),
      next: options.remove === true ? [] : ['bookstore cert status', 'bookstore trust --remove'],
    }
  },
}
