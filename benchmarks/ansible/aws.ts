import { type Cloud, openCloud } from '../../tests/lab/aws/cloud.ts'
import { imageLayers } from '../../tests/lab/images.ts'
import { startLab } from '../../tests/lab/lab.ts'
import { Operator } from '../../tests/vm/operator.ts'
import { domain, succeed } from '../support/shop-on-machine.ts'
import { perform } from './perform.ts'
import { type Material, takeMaterial, variablesOf } from './play.ts'
import { ansible } from './tool.ts'

/** What one run cost. */
interface Cost {
  seconds: number
  /** API calls that the account has seen meanwhile. */
  calls: number
}

export interface Life {
  cold: Cost
  /** Of three runs that change nothing, the one in the middle. */
  unchanged: Cost
  down: Cost
}

export interface Comparison {
  ours: Life
  theirs: Life
}

/** Work of one of the two; `again` must change nothing. */
interface Worker {
  up(): Promise<void>
  again(): Promise<void>
  /** That the shop is a whole one, which is not measured. */
  prove(): Promise<void>
  down(): Promise<void>
}

const stack = 'lab'

/**
 * `bookstore up` and `down`, and an Ansible playbook that makes the same things at AWS and on the machine: one after the
 * other in one account of the lab, where instances are fresh machines.
 */
export async function run(): Promise<Comparison> {
  await ansible()
  await imageLayers('cloud')
  const lab = await startLab()
  const closing: (() => Promise<void>)[] = [() => lab.close()]
  try {
    const names = await lab.nameServer({ zones: [domain], secondaries: 1 })
    const cloud = await openCloud({ lab, names })
    closing.unshift(() => cloud.close())
    const region = String(cloud.environment.AWS_REGION)
    const part = { target: 'aws', aws: { region, image: 'debian-12', instanceType: 't3.micro' } }
    const operator = await Operator.of(lab, names, domain, part, cloud.environment)
    closing.unshift(() => operator.close())
    await succeed(operator, ['build'])
    let material: Material | undefined
    let bucket = ''
    const ours = await live(cloud, {
      up: async () => void (await succeed(operator, ['up', '--yes'])),
      again: async () => void (await succeed(operator, ['up', '--yes'])),
      prove: async () => {
        material = await takeMaterial(shellOf(operator), operator)
        bucket = (await cloud.dump()).bucket[0]?.id ?? ''
      },
      down: async () => void (await succeed(operator, ['down', '--purge', '--yes'])),
    })
    if (!material) throw new Error('there is nothing for the playbook to bring')
    const theirs = await live(cloud, await playing(cloud, operator, material, { stack, bucket, region }))
    return { ours, theirs }
  } finally {
    for (const close of closing) await close()
  }
}

/** Modules of this computer run in Ansible's own Python, which has the SDK. */
const itself = 'localhost ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"\n'

async function playing(
  cloud: Cloud,
  operator: Operator,
  material: Material,
  more: { stack: string; bucket: string; region: string },
): Promise<Worker> {
  const image = { image: '/aws/service/debian/release/12/latest/amd64', type: 't3.micro' }
  const variables = { ...(await variablesOf(material, operator)), ...more, ...image }
  const play = (playbook: string) =>
    perform({
      ...{
        playbook,
        folder: material.folder,
        inventory: itself,
        variables,
        environment: cloud.environment,
      },
      key: `${material.folder}/operator-key`,
    })
  return {
    up: async () => void (await play('aws.yml')),
    again: async () => {
      const changed = await play('aws.yml')
      if (changed > 0) throw new Error(`the playbook changed ${changed} things again`)
    },
    prove: async () => {
      // Nothing at AWS says to bookstore that this machine is a shop's.
      const [host] = await operator.names.query(domain, 'A')
      await operator.configure((configuration) => {
        configuration.target = 'vm'
        configuration.vm = { machines: [{ host, user: 'admin', key: `${material.folder}/operator-key` }] }
      })
      await succeed(operator, ['smoke'])
    },
    down: async () => void (await play('aws-down.yml')),
  }
}

/** A life from an empty account to an empty account. */
async function live(cloud: Cloud, worker: Worker): Promise<Life> {
  const cold = await costOf(cloud, worker.up)
  const again = [
    await costOf(cloud, worker.again),
    await costOf(cloud, worker.again),
    await costOf(cloud, worker.again),
  ]
  await worker.prove()
  const down = await costOf(cloud, worker.down)
  await cloud.settled()
  const left = Object.entries(await cloud.dump()).filter(
    ([kind, all]) => kind !== 'network-interface' && all.length > 0,
  )
  if (left.length > 0) throw new Error(`these were left: ${JSON.stringify(left)}`)
  const [, unchanged = cold] = again.toSorted((one, other) => one.seconds - other.seconds)
  return { cold, unchanged, down }
}

async function costOf(cloud: Cloud, work: () => Promise<void>): Promise<Cost> {
  const [began, before] = [performance.now(), cloud.calls().length]
  await work()
  const cost = { seconds: (performance.now() - began) / 1000, calls: cloud.calls().length - before }
  process.stderr.write(`${cost.seconds.toFixed(1)} s, ${cost.calls} calls\n`)
  return cost
}

function shellOf(operator: Operator) {
  return async (script: string) => {
    const { status, text, talk } = await operator.run('ssh', '--', 'sudo', 'sh', '-c', script)
    if (status !== 0) throw new Error(`ssh ended with ${status}: ${talk.slice(-2_000)}`)
    return text
  }
}

export function table({ ours, theirs }: Comparison): string {
  const row = (what: keyof Life) => {
    const [one, other] = [ours[what], theirs[what]]
    const seconds = `${one.seconds.toFixed(1).padStart(12)}${other.seconds.toFixed(1).padStart(10)}`
    const calls = `${String(one.calls).padStart(13)}${String(other.calls).padStart(10)}`
    return `${what.padEnd(12)}${seconds}${(one.seconds / other.seconds).toFixed(2).padStart(8)}${calls}${(one.calls / other.calls).toFixed(2).padStart(8)}`
  }
  const head = `${''.padEnd(12)}   bookstore   Ansible   ratio    bookstore   Ansible   ratio`
  return [
    `${''.padEnd(12)}     seconds                        API calls`,
    head,
    ...(['cold', 'unchanged', 'down'] as const).map(row),
  ].join('\n')
}
