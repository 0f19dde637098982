import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const init: Verb = {
  name: 'init',
  summary: 'init',
  async run() {
    return { status: exit.done, result: {} }
  },
}
