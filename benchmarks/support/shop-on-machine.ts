import { type Flavor, imageLayers } from '../../tests/lab/images.ts'
import { type Lab, type MachineRequest, startLab } from '../../tests/lab/lab.ts'
import type { Machine } from '../../tests/lab/machine/machine.ts'
import { Operator, type Said } from '../../tests/vm/operator.ts'

export interface MachineForShop {
  lab: Lab
  machine: Machine
  operator: Operator
  /** Runs a verb that must succeed; answers its result. */
  succeed(...words: string[]): Promise<Said['result']>
}

export const domain = 'shop.test'

/** A machine of the lab on which nothing of ours stands, and its operator, for as long as `work` takes. */
export async function withMachine<T>(
  wanted: Flavor | (MachineRequest & { packages: Flavor }),
  work: (it: MachineForShop) => Promise<T>,
): Promise<T> {
  const request = typeof wanted === 'string' ? { packages: wanted } : wanted
  await imageLayers(request.packages)
  const lab = await startLab()
  let operator: Operator | undefined
  try {
    // Names first, so that the machine is told of them.
    const entrance = { address: `${lab.prefix}.21`, ssh: { privateKeyPath: `${lab.folder}/key`, username: 'admin' } }
    const chosen = await Operator.create(lab, entrance, domain)
    operator = chosen
    const machine = await lab.machine({ name: 'shop', user: 'admin', ...request })
    await machine.run(['systemctl', 'disable', '--now', 'nginx.service', 'postgresql.service'])
    return await work({ lab, machine, operator: chosen, succeed: (...words) => succeed(chosen, words) })
  } finally {
    await operator?.close()
    await lab.close()
  }
}

/** What `operator` did, when it succeeded. The machine's key is a fresh one: it is vouched for by --yes. */
export async function succeed(operator: Operator, words: readonly string[]): Promise<Said['result']> {
  const { status, result, talk } = await operator.json(...words)
  if (status !== 0)
    throw new Error(`bookstore ${words.join(' ')} ended with ${status}: ${JSON.stringify(result)} ${talk}`)
  return result
}

/** From now on the operator's configuration is about another machine. */
export async function turnTo(operator: Operator, { address }: Machine): Promise<void> {
  await operator.configure((configuration) => {
    configuration.vm.machines[0].host = address
  })
}

/** Looks like the id of any release. */
export const another = 'a'.repeat(16)

/** The release that serves, under a second name. */
export async function anotherRelease({ machine, succeed }: MachineForShop): Promise<void> {
  const { releases } = (await succeed('releases')) as unknown as { releases: { id: string }[] }
  const folder = '/opt/bookstore/releases'
  await machine.must(['cp', '-al', `${folder}/${releases[0]?.id}`, `${folder}/${another}`])
}
