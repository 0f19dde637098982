import { z } from 'zod'
import { readEnds } from '../run/lines.ts'
import { type Agent, verb } from './verb.ts'

/** `{stack, run, ...}`: what stands on the machine and what was done to it last. */
export const status = verb({
  name: 'status',
  changes: false,
  input: z.strictObject({}),
  async perform(_, agent) {
    const [manifest, run] = await Promise.all([agent.kept.read(), lastRun(agent)])
    return { stack: manifest?.stack, run }
  },
})

/** `died`: it has no end, and no process either. */
async function lastRun({ runs, unit }: Agent) {
  const [ids, now] = await Promise.all([runs.list(), unit.underWay()])
  const id = now ?? ids.at(-1)
  if (id === undefined) return undefined
  const { first, last } = await readEnds(runs.eventsFile(id))
  const state = last ? (last.type === 'result' ? 'done' : 'failed') : id === now ? 'running' : 'died'
  return { ...first, state }
}
