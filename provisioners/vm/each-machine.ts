import type { Context } from '../engine/resource.ts'
import type { Machine, ServingMachine } from './machines.ts'
import { readShared, type Secrets } from './shared-secrets.ts'

export const isWeb = ({ settings }: ServingMachine): boolean => settings.roles.includes('web')

const isDatabase = ({ settings }: ServingMachine) => settings.roles.includes('database')

/**
 * Works on all machines of a site: on the one with the databases first, then on the others together. These are told its secrets, and
 * what changes there has changed before they bring their schemas up to date.
 *
 * @param prepare What need not wait for that: it is done on each machine before `work`.
 */
export async function eachMachine<T>(
  machines: readonly Machine[],
  ctx: Context,
  work: (machine: Machine, secrets: Secrets) => Promise<T>,
  prepare: (machine: Machine) => Promise<void> = async () => {},
): Promise<readonly T[]> {
  const whole = async (machine: Machine) => {
    await prepare(machine)
    return work(machine, new Map())
  }
  const others = machines.filter((machine) => !isDatabase(machine))
  const [database] = machines.filter(isDatabase)
  if (!database || others.length === 0) return Promise.all(machines.map(whole))
  const [first] = await Promise.all([whole(database), ...others.map(prepare)])
  const secrets = await readShared(database, ctx)
  return [first, ...(await Promise.all(others.map((machine) => work(machine, secrets))))]
}
