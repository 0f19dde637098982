import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Call } from '../lab/aws/calls.ts'
import { type Cloud, openCloud } from '../lab/aws/cloud.ts'
import type { Selector } from '../lab/aws/faults.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { Operator } from '../vm/operator.ts'
import { longMs, succeed } from '../vm/support.ts'
import { counts } from './account.ts'
import { Run } from './matrix/process.ts'

const domain = 'proyecto2.test'

/** What cannot be tried without a machine (npm run matrix): the first entrance, `deploy`, and what a machine does meanwhile. */
describeLab('a shop on a machine at AWS whose operator is killed', { sequential: true, shuffle: false }, () => {
  let lab: Lab
  let cloud: Cloud
  let operator: Operator
  let environment: Record<string, string>

  beforeAll(async () => {
    lab = await startLab()
    const names = await lab.nameServer({ zones: [domain], secondaries: 1 })
    cloud = await openCloud({ lab, names, packages: 'prepared-cloud' })
    const part = { target: 'aws', aws: { region: cloud.environment.AWS_REGION, image: 'debian-12' } }
    const more = { ...cloud.environment, BOOKSTORE_AWS_CONSISTENCY_MS: '2000' }
    operator = await Operator.of(lab, names, domain, part, more)
    const own = { PATH: process.env.PATH ?? '', HOME: operator.folder }
    environment = { ...own, BOOKSTORE_DNS_TSIG_SECRET: names.key.secret, ...more }
  }, longMs)
  afterAll(async () => {
    await operator?.close()
    await cloud?.close()
    await lab?.close()
  }, longMs)

  /** Runs a verb, and kills it before the call takes effect, or when it has. */
  async function killed(words: readonly string[], when: 'before' | 'after', at: Selector): Promise<void> {
    let run: Run | undefined
    let met = 0
    const kill = async () => {
      met += 1
      await run?.kill()
    }
    const once = { ...at, times: 1 }
    cloud.fault([
      { ...once, do: 'call', when, run: kill },
      ...(when === 'before' ? ([{ ...once, do: 'lose-request' }] as const) : []),
    ])
    run = new Run(words, operator.folder, environment)
    const { signal, said } = await run.ended
    cloud.heal()
    expect({ signal, met, said: signal === null ? said.slice(-2_000) : '' }).toEqual({
      signal: 'SIGKILL',
      met: 1,
      said: '',
    })
  }

  const written = (name: string, more: object) => ({
    action: 'PutParameter',
    where: ({ parameters }: Call) =>
      String(parameters.Name).endsWith(name) && Object.entries(more).every(([key, value]) => parameters[key] === value),
  })
  const hostKey = written('/host-key', { Overwrite: true })

  it(
    'opens all the same: killed when the machine was launched, and around each exchange of its host key',
    async () => {
      const up = ['up', '--yes']
      await killed(up, 'after', { action: 'RunInstances' })
      await killed(up, 'after', { action: 'AssociateAddress' })
      await killed(up, 'before', hostKey)
      await killed(up, 'after', hostKey)
      await killed(up, 'before', { ...hostKey, nth: 2 })
      await killed(up, 'after', { ...hostKey, nth: 2 })
      const { result } = succeed(await operator.json('up', '--yes'))
      expect(result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      expect(counts(await cloud.dump())).toMatchObject({ instance: 1, address: 1, 'security-group': 1, bucket: 1 })
      const plan = await operator.json('plan')
      expect({ status: plan.status, steps: plan.result.steps }).toEqual({ status: 0, steps: [] })
    },
    longMs,
  )

  it(
    'is deployed to, after a deploy that was killed while it looked for the machine',
    async () => {
      await killed(['deploy'], 'before', { action: 'DescribeInstances' })
      await killed(['deploy'], 'after', { action: 'GetParametersByPath' })
      succeed(await operator.json('deploy'))
    },
    longMs,
  )

  it(
    'goes, and leaves an empty account, killed when the machine was terminated and before its last call',
    async () => {
      const down = ['down', '--purge', '--yes']
      await killed(down, 'after', { action: 'TerminateInstances' })
      await killed(down, 'before', { action: 'DeleteParameters', nth: 2 })
      succeed(await operator.json('down', '--yes'))
      await cloud.settled()
      expect(counts(await cloud.dump())).toEqual({})
    },
    longMs,
  )
})
