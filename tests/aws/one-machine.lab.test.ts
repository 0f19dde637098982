import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Cloud, openCloud } from '../lab/aws/cloud.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { Operator } from '../vm/operator.ts'
import { longMs, succeed } from '../vm/support.ts'
import { counts } from './account.ts'

const domain = 'proyecto2.test'

/** One shop, from an empty account to an empty account: the steps of a life follow each other. */
describeLab('a shop on a machine at AWS', { sequential: true, shuffle: false }, () => {
  let lab: Lab
  let cloud: Cloud
  let operator: Operator

  beforeAll(async () => {
    lab = await startLab()
    const names = await lab.nameServer({ zones: [domain], secondaries: 1 })
    cloud = await openCloud({ lab, names, packages: 'prepared-cloud' })
    const part = { target: 'aws', aws: { region: cloud.environment.AWS_REGION, image: 'debian-12' } }
    operator = await Operator.of(lab, names, domain, part, {
      ...cloud.environment,
      BOOKSTORE_AWS_CONSISTENCY_MS: '2000',
    })
  }, longMs)
  afterAll(async () => {
    await operator?.close()
    await cloud?.close()
    await lab?.close()
  }, longMs)

  it(
    'opens with one command, entered by a key that was vouched for from the first connection on',
    async () => {
      const said = await operator.json('up', '--yes')
      const { result } = succeed(said)
      expect(JSON.stringify(said.events)).toMatch(/costs about US\$ \d+\.\d\d a month/)
      expect(result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      expect(counts(await cloud.dump())).toMatchObject({ instance: 1, address: 1, 'security-group': 1, bucket: 1 })
      expect(await operator.names.query(domain, 'A')).toHaveLength(1)
      const { status, talk } = await operator.run('ssh', '--', 'sudo', 'true')
      expect({ status, talk: status === 0 ? '' : talk }).toEqual({ status: 0, talk: '' })
    },
    longMs,
  )

  it(
    'is left alone by a second run',
    async () => {
      const plan = await operator.json('plan')
      expect({ status: plan.status, steps: plan.result.steps }).toEqual({ status: 0, steps: [] })
    },
    longMs,
  )

  it(
    'goes, and leaves the account and the names as they were, with a last backup for the operator',
    async () => {
      expect(succeed(await operator.json('down', '--yes')).result).toMatchObject({ leftovers: [] })
      await cloud.settled()
      expect(counts(await cloud.dump())).toEqual({})
      expect(await operator.names.query(domain, 'A')).toEqual([])
    },
    longMs,
  )
})
