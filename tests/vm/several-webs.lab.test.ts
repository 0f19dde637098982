import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../lab/box/until.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { Operator } from './operator.ts'
import { ShopperAt } from './shopper-at.ts'
import { Shoppers } from './shoppers.ts'
import { inventoryOf, longMs, succeed } from './support.ts'
import { listCovers, takeUserSpaceNfs } from './user-space-nfs.ts'

const domain = 'several.test'

/** One shop on three machines: the steps of a life follow each other. */
describeLab('a shop on two web machines and a database machine', { sequential: true, shuffle: false }, () => {
  let lab: Lab
  let one: Machine
  let two: Machine
  let database: Machine
  let operator: Operator
  let shoppers: readonly [ShopperAt, ShopperAt]
  /** What is installed and what stands in /etc before we come, of each. */
  let before: readonly string[]
  /** Path of a cover that somebody uploaded. */
  let cover: string

  const inventories = () => Promise.all([one, two, database].map((machine) => inventoryOf(machine)))

  const orders = async () => Number((await operator.authority.log()).match(/There are now (\d+) orders/g)?.length ?? 0)

  const operations = (text: string) =>
    database.must(['psql', '-qAtX', '-h', '/run/bookstore/postgres', '-U', 'postgres', '-d', 'operations', '-c', text])

  const shown = () => Promise.all(shoppers.map((shopper) => shopper.shown()))

  beforeAll(async () => {
    lab = await startLab({ machines: 3 })
    const ssh = { privateKeyPath: join(lab.folder, 'key'), username: 'admin' }
    const entrances = [
      { address: `${lab.prefix}.21`, ssh, roles: ['web', 'files'] as const },
      { address: `${lab.prefix}.22`, ssh, roles: ['web'] as const },
      { address: `${lab.prefix}.23`, ssh, roles: ['database'] as const },
    ]
    operator = await Operator.create(lab, entrances, domain)
    const machine = (name: string, exports = false) =>
      lab.machine({ name, packages: 'prepared', user: 'admin', exports })
    one = await machine('one', true)
    two = await machine('two')
    database = await machine('database')
    for (const each of [one, two, database]) {
      await each.must(['systemctl', 'disable', '--now', 'nginx.service', 'postgresql.service'])
    }
    await takeUserSpaceNfs(two)
    before = await inventories()
    const ca = await readFile(operator.roots, 'utf8')
    shoppers = [new ShopperAt(one.address, domain, ca), new ShopperAt(two.address, domain, ca)]
  }, longMs)
  afterAll(async () => {
    await Promise.all((shoppers ?? []).map((shopper) => shopper.close()))
    await operator?.close()
    await lab?.close()
  }, longMs)

  it(
    'opens with one command and one order at the authority: names that lead to both, one certificate',
    async () => {
      const up = succeed(await operator.json('up', '--yes'))
      expect(up.result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      expect(await orders()).toBe(1)
      const [first, second] = await shown()
      expect(first).toBe(second)
      expect(succeed(await operator.json('cert', 'status')).result).toMatchObject({ holds: true, problems: [] })
      const states = succeed(await operator.json('status')).result
      expect(states).toMatchObject({ state: 'running' })
      // One of the two keeps the shop's backups.
      const timers = [one, two].map((machine) => machine.run(['systemctl', 'is-active', 'bookstore-backup.timer']))
      expect((await Promise.all(timers)).map(({ stdout }) => stdout.trim())).toEqual(['active', 'inactive'])
    },
    longMs,
  )

  it('serves a cover from either that was given to the other, and the covers to nobody else', async () => {
    const [here, there] = shoppers
    const person = { email: 'ana@example.com', password: 'a long enough password 7', name: 'Ana' }
    expect((await here.ask('/api/auth/register', { method: 'POST', body: person })).status).toBe(201)
    const { email, password } = person
    const session = await there.ask('/api/auth/login', { method: 'POST', body: { email, password } })
    const token: string = session.json().accessToken
    const book = {
      ...{ title: 'Rayuela', author: 'Julio Cortázar', description: 'A novel.', language: 'es', year: 1963 },
      ...{ price: { amount: 1200, currency: 'USD' }, stock: 1, condition: 'good' },
    }
    const { id } = (await there.ask('/api/catalog/books', { method: 'POST', token, body: book })).json()
    for (const [shopper, background] of [[here, '#2b7a1f'] as const, [there, '#7a1f2b'] as const]) {
      const body = await sharp({ create: { width: 400, height: 600, channels: 3, background } })
        .png()
        .toBuffer()
      const put = await shopper.ask(`/api/catalog/books/${id}/cover`, { method: 'PUT', token, body })
      expect(put).toMatchObject({ status: 200 })
      const found = (await here.ask(`/api/catalog/books/${id}`)).json()
      cover = JSON.stringify(found.cover).match(/\/api\/catalog\/covers\/[\w.-]+/)?.[0] ?? ''
      const [direct, mounted] = await Promise.all(shoppers.map((each) => each.ask(cover)))
      expect(direct?.status).toBe(200)
      expect(mounted?.content.equals(direct?.content ?? Buffer.alloc(0))).toBe(true)
    }
    // Whoever writes there is the shop's user here.
    const file = `/var/lib/bookstore/covers/${cover.split('/').at(-1)}`
    expect(await one.must(['stat', '-c', '%U', file])).toBe('bookstore\n')

    expect(await listCovers(lab, two, one)).toMatchObject({ status: 0, stdout: expect.stringContaining('webp') })
    // Past the firewall, and not on the server's list.
    expect(await listCovers(lab, one, one)).toMatchObject({ stderr: expect.stringContaining('NFS4ERR_NOENT') })
    // Killed in vain before the firewall.
    expect(await listCovers(lab, database, one)).toMatchObject({ status: 124 })
  })

  it(
    'is left alone by a second run',
    async () => {
      expect(succeed(await operator.json('up')).result).toMatchObject({ changed: [], smoke: null })
    },
    longMs,
  )

  it('renews by one order, and both show what came of it', async () => {
    const [old] = await shown()
    expect(succeed(await operator.json('cert', 'renew', '--force')).result).toMatchObject({ renewed: true })
    expect(await orders()).toBe(2)
    const [first, second] = await shown()
    expect(first).not.toBe(old)
    expect(second).toBe(first)
  })

  it(
    'is deployed on both without a lost request',
    async () => {
      const load = [one, two].map(({ address }) => new Shoppers(address, domain))
      await operator.configure((configuration) => {
        configuration.shop = { name: 'Three machines' }
      })
      expect(succeed(await operator.json('deploy')).result).toMatchObject({ changed: true })
      const seen = await Promise.all(load.map((each) => each.stop()))
      expect(seen.flatMap(({ failures }) => failures)).toEqual([])
      expect(Math.min(...seen.map(({ requests }) => requests))).toBeGreaterThan(50)
      for (const shopper of shoppers) expect((await shopper.ask('/es/')).content.toString()).toContain('Three machines')
    },
    longMs,
  )

  it(
    'serves by the other one when one is lost, be it in the middle of a renewal, and by both when it is back',
    async () => {
      await operator.authority.cutLink()
      await operations('delete from certificate')
      await two.must(['rm', '/var/lib/bookstore/certificates/current'])
      await two.must(['systemctl', 'start', '--no-block', 'bookstore-certificate.service'])
      const locks = `select count(*) from pg_locks l join pg_database d on d.oid = l.database
                      where locktype = 'advisory' and datname = current_database()`
      await until('it has the lock', async () => (await operations(locks)) === '1\n')
      // The last words of its connections reach nobody.
      await two.cutLink()
      await two.kill()
      await operator.authority.mendLink()
      for (const path of ['/es/', cover]) expect(await shoppers[0].ask(path)).toMatchObject({ status: 200 })
      const states = succeed(await operator.json('status')).result
      expect(states).toMatchObject({ state: 'degraded' })
      expect(JSON.stringify(states)).toContain(`machine ${two.address}`)
      // It waits until the database server has noticed.
      await one.must(['systemctl', 'start', 'bookstore-certificate.service'], { timeoutMs: 90_000 })

      await two.mendLink()
      await two.start()
      await shoppers[1].reaches(cover)
      await two.must(['systemctl', 'start', 'bookstore-certificate.service'])
      const [first, second] = await shown()
      expect(second).toBe(first)
      expect(await orders()).toBe(2)
    },
    longMs,
  )

  it(
    'goes without a trace on any machine',
    async () => {
      expect(succeed(await operator.json('down', '--yes')).result).toMatchObject({ leftovers: [] })
      // Debian's packages leave these when they are purged.
      const stays = /^(_rpc|statd):|\/nfs-common\.ucf-dist$/
      const left = (await inventories()).map((text) =>
        text
          .split('\n')
          .filter((line) => !stays.test(line))
          .join('\n'),
      )
      expect(left).toEqual(before)
    },
    longMs,
  )
})
