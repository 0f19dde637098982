import { z } from 'zod'
import { verb } from './verb.ts'

/** `{id}`: asks the run under way to stop between two steps; its own last line says when it has. */
export const interrupt = verb({
  name: 'interrupt',
  changes: false,
  input: z.strictObject({}),
  async perform(_, { unit }) {
    const id = await unit.underWay()
    if (id !== undefined) await unit.interrupt()
    return { id }
  },
})
