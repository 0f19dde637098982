import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const up: Verb = {
  name: 'up',
  summary: 'up',
  async run() {
    return { status: exit.done, result: {} }
  },
}
