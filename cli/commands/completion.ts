import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const completion: Verb = {
  name: 'completion',
  summary: 'completion',
  async run() {
    return { status: exit.done, result: {} }
  },
}
