import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { memoryMb } from '../../templates/systemd/service-unit.ts'
import { until } from '../lab/box/until.ts'
import { describeLab } from '../lab/describe-lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { containerBase } from './container-base.ts'
import type { Operator } from './operator.ts'
import { Shoppers } from './shoppers.ts'
import { firstPage, inventoryOf, longMs, openScene, type Scene, succeed, takeOtherRelease, words } from './support.ts'

const domain = 'proyecto2.test'

/** One shop in containers, from a machine without Docker to one without Docker: the steps of a life follow each other. */
describeLab('a shop in containers', { sequential: true, shuffle: false }, () => {
  let scene: Scene
  let machine: Machine
  let operator: Operator
  /** What is installed and what stands in /etc before we come. */
  let untouched: string
  const page = () => firstPage(machine, domain)
  const say = (more: object) => operator.configure(({ vm }) => Object.assign(vm, more))

  beforeAll(async () => {
    const docker = { base: await containerBase() }
    scene = await openScene(domain, { containers: true }, { runtime: 'docker', docker })
    machine = scene.machine
    operator = scene.operator
    untouched = await inventoryOf(machine)
  }, longMs)
  afterAll(() => scene?.close(), longMs)

  it(
    'opens with one command, and a journey that holds',
    async () => {
      const { result } = succeed(await operator.json('up', '--yes'))
      expect(result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      expect(succeed(await operator.json('status')).result).toMatchObject({ state: 'running' })
    },
    longMs,
  )

  it('is as closed as its units are, and tells nobody a secret', async () => {
    const names = (await machine.must(['docker', 'ps', '--format={{.Names}}'])).trim().split('\n')
    expect(names).toHaveLength(6)
    const told = await machine.must(['docker', 'inspect', ...names])
    for (const container of JSON.parse(told)) {
      expect(container.HostConfig).toMatchObject({
        ...{ NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'], PortBindings: {}, PidsLimit: 64 },
        ...{ SecurityOpt: ['no-new-privileges:true'], Memory: memoryMb(96).most * 1024 ** 2 },
      })
      expect(container.Config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    }
    const secrets = await machine.must(['sh', '-c', 'cat /var/lib/bookstore/secrets/*'])
    const compose = await machine.must(['cat', '/etc/bookstore/slots/blue/compose.yaml'])
    const argv = await machine.must([
      'sh',
      '-c',
      "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'",
    ])
    const values = secrets.split('\n').filter((line) => line.length > 15)
    expect(values.length).toBeGreaterThan(3)
    for (const value of values) expect([told, compose, argv].some((text) => text.includes(value))).toBe(false)
  })

  it(
    'is left alone by a second run, and mended where a process was stopped',
    async () => {
      expect((await operator.json('plan')).status).toBe(0)
      await machine.must(['docker', 'stop', 'bookstore-blue-gateway-1'])
      expect((await operator.json('plan')).status).toBe(2)
      succeed(await operator.json('up'))
      expect(await machine.must(['docker', 'ps', '--format={{.Names}}'])).toContain('bookstore-blue-gateway-1')
    },
    longMs,
  )

  it('says what its processes said', async () => {
    const { text } = succeed(await operator.run('logs', 'catalog', '-n', '5'))
    expect(text).toContain('catalog-1')
    expect(text.trim().split('\n')).toHaveLength(5)
  })

  it(
    'hides for maintenance, and is restored from a backup of its own',
    async () => {
      succeed(await operator.json('maintenance', 'on'))
      expect(await page()).not.toContain(words.before)
      succeed(await operator.json('maintenance', 'off'))
      const file = join(operator.folder, 'shop.tar.gz')
      succeed(await operator.json('db', 'backup', '-o', file))
      succeed(await operator.json('db', 'restore', file, '--yes'))
      succeed(await operator.json('smoke'))
      expect(await page()).toContain(words.before)
    },
    longMs,
  )

  it(
    'takes another release, and the one before it, and loses no request',
    async () => {
      const shoppers = new Shoppers(machine.address, domain)
      const own = operator.launcher
      await takeOtherRelease(operator)
      succeed(await operator.json('deploy'))
      expect(await page()).toContain(words.after)
      operator.launcher = own
      succeed(await operator.json('rollback'))
      expect(await page()).toContain(words.before)
      const { requests, failures } = await shoppers.stop()
      expect(failures).toEqual([])
      expect(requests).toBeGreaterThan(100)
    },
    longMs,
  )

  it(
    'comes back after a reboot',
    async () => {
      await machine.reboot()
      await until('the page is there', async () => (await page()).includes(words.before), { forMs: 60_000 })
      await until('all processes are ready', async () => (await operator.json('plan')).status === 0, { forMs: 60_000 })
    },
    longMs,
  )

  it(
    'becomes units of systemd, and containers again, while it serves',
    async () => {
      const shoppers = new Shoppers(machine.address, domain)
      await say({ runtime: 'systemd' })
      succeed(await operator.json('up'))
      expect((await machine.run(['systemctl', 'is-active', 'docker.service'])).stdout.trim()).not.toBe('active')
      await say({ runtime: 'docker' })
      succeed(await operator.json('up'))
      expect((await operator.json('plan')).status).toBe(0)
      expect((await shoppers.stop()).failures).toEqual([])
    },
    longMs,
  )

  it(
    'goes without a trace, and Docker with it',
    async () => {
      const { result } = succeed(await operator.json('down', '--yes'))
      expect(result).toMatchObject({ leftovers: [] })
      expect(await inventoryOf(machine)).toBe(untouched)
    },
    longMs,
  )
})
