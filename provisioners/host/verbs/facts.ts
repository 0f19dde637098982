import { z } from 'zod'
import { verb } from './verb.ts'

/** What the machine is. */
export const facts = verb({
  name: 'facts',
  changes: false,
  input: z.strictObject({}),
  perform: async (_, { host }) => host.facts,
})
