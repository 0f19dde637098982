import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { Operator, type Said } from './operator.ts'

const domain = 'split.test'
const longMs = 20 * 60_000

/** One shop on two machines, from two fresh ones to two empty ones: the steps of a life follow each other. */
describeLab('a shop on a web machine and a database machine', { sequential: true, shuffle: false }, () => {
  let lab: Lab
  let web: Machine
  let database: Machine
  let operator: Operator

  const succeed = (said: Said) => {
    const { status, result, talk } = said
    // What went wrong is in the failure's message.
    expect({ status, result: status === 0 ? {} : result, talk: status === 0 ? '' : talk }).toEqual({
      status: 0,
      result: {},
      talk: '',
    })
    return said
  }

  beforeAll(async () => {
    lab = await startLab({ machines: 2 })
    // Names first, so that the machines are told of them.
    const ssh = { privateKeyPath: join(lab.folder, 'key'), username: 'admin' }
    const entrances = [
      { address: `${lab.prefix}.21`, ssh, roles: ['web'] as const },
      { address: `${lab.prefix}.22`, ssh, roles: ['database'] as const },
    ]
    operator = await Operator.create(lab, entrances, domain)
    web = await lab.machine({ name: 'web', packages: 'prepared', user: 'admin' })
    database = await lab.machine({ name: 'database', packages: 'prepared', user: 'admin' })
    for (const machine of [web, database]) {
      await machine.must(['systemctl', 'disable', '--now', 'nginx.service', 'postgresql.service'])
    }
  }, longMs)
  afterAll(async () => {
    await operator?.close()
    await lab?.close()
  }, longMs)

  it(
    'opens with one command, the journey included, and is left alone by a second run',
    async () => {
      expect(succeed(await operator.json('up', '--yes')).result).toMatchObject({ smoke: { ok: true } })
      expect((await operator.json('plan')).status).toBe(0)
    },
    longMs,
  )
})
