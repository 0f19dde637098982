import { type Flavor, imageLayers } from '../../tests/lab/images.ts'
import { type MachineForShop, turnTo, withMachine } from '../support/shop-on-machine.ts'
import { type Material, play, takeMaterial } from './play.ts'
import { ansible } from './tool.ts'

interface Times {
  cold: number
  /** Of three runs that change nothing, the one in the middle. */
  unchanged: number
}

export interface Comparison {
  flavor: Flavor
  ours: Times
  theirs: Times
}

/**
 * `bookstore up` and an Ansible playbook, one after the other, each on a fresh machine of the same lab: seconds to a
 * shop that answers, and seconds of a run that finds nothing to do. Both have the release built beforehand, and the
 * playbook's shop must pass the same shopper's journey.
 */
export async function run(flavors: readonly Flavor[] = ['prepared', 'bare']): Promise<Comparison[]> {
  await ansible()
  const all: Comparison[] = []
  for (const flavor of flavors) {
    await imageLayers(flavor)
    all.push(await withMachine(flavor, (it) => compare(flavor, it)))
  }
  return all
}

async function compare(flavor: Flavor, it: MachineForShop): Promise<Comparison> {
  await it.succeed('build')
  const ours = await timesOf(async () => void (await it.succeed('up', '--yes')))
  const material = await takeMaterial(
    (script) => it.machine.must(['sh', '-c', script], { timeoutMs: 300_000 }),
    it.operator,
  )
  await it.machine.close()
  const theirs = await theirsOn(flavor, it, material)
  return { flavor, ours, theirs }
}

async function theirsOn(
  flavor: Flavor,
  { lab, operator, succeed }: MachineForShop,
  material: Material,
): Promise<Times> {
  const machine = await lab.machine({ name: 'other', packages: flavor, user: 'admin' })
  await machine.run(['systemctl', 'disable', '--now', 'nginx.service', 'postgresql.service'])
  const times = await timesOf(async (turn) => {
    const changed = await play(material, machine, operator)
    if (turn > 0 && changed > 0) throw new Error(`the playbook changed ${changed} things again`)
  })
  await turnTo(operator, machine)
  await succeed('smoke')
  return times
}

async function timesOf(work: (turn: number) => Promise<void>): Promise<Times> {
  const seconds: number[] = []
  for (let turn = 0; turn < 4; turn++) {
    const began = performance.now()
    await work(turn)
    seconds.push((performance.now() - began) / 1000)
    process.stderr.write(`${turn === 0 ? 'cold' : 'again'}: ${seconds.at(-1)?.toFixed(1)} s\n`)
  }
  const [cold = 0, ...again] = seconds
  return { cold, unchanged: again.toSorted((one, other) => one - other)[1] ?? 0 }
}

export function table(all: readonly Comparison[]): string {
  const row = (what: string, ours: number, theirs: number) =>
    `${what.padEnd(24)}${ours.toFixed(1).padStart(12)}${theirs.toFixed(1).padStart(12)}${(ours / theirs).toFixed(2).padStart(8)}`
  return [
    `${'seconds'.padEnd(24)}   bookstore     Ansible   ratio`,
    ...all.flatMap(({ flavor, ours, theirs }) => [
      row(`${flavor}, cold`, ours.cold, theirs.cold),
      row(`${flavor}, unchanged`, ours.unchanged, theirs.unchanged),
    ]),
  ].join('\n')
}
