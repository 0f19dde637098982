import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const plan: Verb = {
  name: 'plan',
  summary: 'plan',
  async run() {
    return { status: exit.done, result: {} }
  },
}
