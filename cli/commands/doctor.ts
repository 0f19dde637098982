import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const doctor: Verb = {
  name: 'doctor',
  summary: 'doctor',
  async run() {
    return { status: exit.done, result: {} }
  },
}
