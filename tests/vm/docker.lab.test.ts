import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { containerBase } from './container-base.ts'
import { Operator, type Said } from './operator.ts'

const domain = 'proyecto2.test'
const longMs = 20 * 60_000

/** One shop in containers, from a machine without Docker to one without Docker: the steps of a life follow each other. */
describeLab('a shop in containers', { sequential: true, shuffle: false }, () => {
  let lab: Lab
  let machine: Machine
  let operator: Operator
  /** What is installed and what stands in /etc before we come. */
  let before: string

  const inventory = () =>
    machine.must([
      'sh',
      '-c',
      'dpkg --get-selections; find /etc /opt -xdev -type f | sort; getent passwd; getent group',
    ])

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
    const base = await containerBase()
    lab = await startLab()
    const address = `${lab.prefix}.21`
    const ssh = { privateKeyPath: join(lab.folder, 'key'), username: 'admin' }
    operator = await Operator.create(lab, { address, ssh }, domain, { runtime: 'docker', docker: { base } })
    machine = await lab.machine({ name: 'shop', packages: 'prepared', user: 'admin', containers: true })
    await machine.must(['systemctl', 'disable', '--now', 'nginx.service', 'postgresql.service'])
    before = await inventory()
  }, longMs)
  afterAll(async () => {
    await operator?.close()
    await lab?.close()
  }, longMs)

  it(
    'opens with one command, and a journey that holds',
    async () => {
      const { result } = succeed(await operator.json('up', '--yes'))
      expect(result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      expect(succeed(await operator.json('status')).result).toMatchObject({ state: 'running' })
    },
    longMs,
  )

  it(
    'is left alone by a second run',
    async () => {
      expect((await operator.json('plan')).status).toBe(0)
    },
    longMs,
  )

  it(
    'goes without a trace, and Docker with it',
    async () => {
      const { result } = succeed(await operator.json('down', '--yes'))
      expect(result).toMatchObject({ leftovers: [] })
      expect(await inventory()).toBe(before)
    },
    longMs,
  )
})
