import { allOf } from '../engine/all-of.ts'
import type { Context } from '../engine/resource.ts'
import type { Machine, ServingMachine } from './machines.ts'
import { readShared, type Secrets } from './shared-secrets.ts'

export const isWeb = ({ settings }: ServingMachine): boolean => settings.roles.includes('web')

const isDatabase = ({ settings }: ServingMachine) => settings.roles.includes('database')

/**
 * The machines of a site, in the order in which they are worked on; those in one list together. What web machines need is there
 * before them: databases and covers. Of several of them one comes first: what goes wrong there happens to no other.
 */
export function inStages<T extends ServingMachine>(machines: readonly T[]): readonly (readonly T[])[] {
  const webs = machines.filter(isWeb)
  const needed = (['database', 'files'] as const).map((role) =>
    webs.find(({ settings }) => settings.roles.includes(role)),
  )
  const first = needed.find(Boolean) ?? webs[0]
  const stages = [
    machines.filter((machine) => !isWeb(machine)),
    first ? [first] : [],
    webs.filter((it) => it !== first),
  ]
  return stages.filter((stage) => stage.length > 0)
}

/**
 * Works on all machines of a site, stage by stage. Web machines without databases are told the secrets of the one that has them.
 *
 * @param prepare What need not wait for that: it is done on each machine before `work`.
 */
export async function eachMachine<T>(
  machines: readonly Machine[],
  ctx: Context,
  work: (machine: Machine, secrets: Secrets) => Promise<T>,
  prepare: (machine: Machine) => Promise<void> = async () => {},
): Promise<readonly T[]> {
  const ready = new Map(machines.map((machine) => [machine, prepare(machine)]))
  // Who waits for it hears of it; the others have failed already.
  for (const each of ready.values()) each.catch(() => {})
  const database = machines.find(isDatabase)
  let secrets: Promise<Secrets> | undefined
  const whole = async (machine: Machine) => {
    await ready.get(machine)
    const told = isWeb(machine) && database && machine !== database
    if (told) secrets ??= readShared(database, ctx)
    return work(machine, (told && (await secrets)) || new Map())
  }
  const done: T[] = []
  for (const stage of inStages(machines)) done.push(...(await allOf(stage.map(whole))))
  return done
}
