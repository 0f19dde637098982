import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStack, type Stack } from '../support/cli.ts'
import { isOpen, processesOf } from '../support/remains.ts'
import { until } from '../support/shop.ts'
import { deliveryProvider, inParallel, newShopper, order, pay, sell } from '../support/shopper.ts'

const hasSystemServers = existsSync('/usr/sbin/nginx') && existsSync('/usr/lib/postgresql')
if (!hasSystemServers && !process.env.CI) {
  process.stderr.write("SKIPPED: the shop on the system's PostgreSQL and NGINX, which are not installed here\n")
}

const choices = ['embedded', ...(hasSystemServers || process.env.CI ? ['system'] : [])]

describe.each(choices)('the shop on %s servers', (choice) => {
  let stack: Stack

  beforeAll(async () => {
    stack = await createStack({ local: { postgres: choice, nginx: choice } })
    const up = await stack.run(['up', '--json'])
    expect(up.result, up.stderr).toMatchObject({ type: 'result', ok: true, url: stack.url })
  })
  afterAll(() => stack.close())

  it('has nothing to change afterwards', async () => {
    const plan = await stack.run(['plan', '--json'])
    expect(plan.status).toBe(0)
    expect(plan.result.steps).toEqual([])
    const again = await stack.run(['up', '--json'])
    expect(again.result).toMatchObject({ ok: true, changed: [] })
  })

  it('says where it is and what it is made of', async () => {
    const look = () => stack.run(['status', '--json'])
    // Another test may just have killed a process.
    await until('all of it runs', async () => (await look()).result.state === 'running')
    const { status, result } = await look()
    expect(status).toBe(0)
    expect(result).toMatchObject({ ok: true, url: stack.url, state: 'running' })
    expect(existsSync(result.ca)).toBe(true)
    const names = result.processes.map(({ name }: { name: string }) => name.replace(/-\d+$/, ''))
    for (const name of ['postgres', 'nginx', 'auth', 'catalog', 'sales', 'payments', 'gateway', 'web'])
      expect(names).toContain(name)
    expect(result.versions).toMatchObject({
      bookstore: expect.any(String),
      node: expect.any(String),
      postgres: expect.any(String),
      nginx: expect.any(String),
    })
  })

  it('passes its own smoke', async () => {
    const smoke = await stack.run(['smoke', '--json'])
    expect(smoke.status, smoke.stderr).toBe(0)
  })

  it('sells the last copy to one of two hundred, on two processes of each service', async () => {
    expect((await stack.run(['scale', '--instances', '2', '--json'])).result).toMatchObject({ ok: true })
    const seller = await newShopper(stack)
    const buyers = await inParallel(Array.from({ length: 200 }), 50, () => newShopper(stack))
    const bookId = await sell(stack, seller, 1)
    const provider = await deliveryProvider(stack)
    const replies = await Promise.all(buyers.map((buyer) => order(stack, buyer, bookId, provider, 'the-only-one')))

    const statuses = replies.map(({ status, body }) => (status === 201 ? 'bought' : `${status} ${body.code}`))
    expect(statuses.filter((status) => status === 'bought')).toHaveLength(1)
    expect(statuses.filter((status) => status === '409 out-of-stock')).toHaveLength(199)
    expect((await stack.request('GET', `/api/catalog/books/${bookId}`)).body.stock).toBe(0)

    const winner = replies.findIndex(({ status }) => status === 201)
    const paid = await pay(stack, buyers[winner] as (typeof buyers)[0], replies[winner]?.body.id, 'pay')
    expect(paid).toMatchObject({ status: 200, body: { status: 'paid' } })
  })

  it('keeps every order whole while each of its processes is killed', async () => {
    const seller = await newShopper(stack)
    const provider = await deliveryProvider(stack)
    const bookId = await sell(stack, seller, 500)
    const buyers = await inParallel(Array.from({ length: 8 }), 8, () => newShopper(stack))
    let stopped = false
    let bought = 0
    const shopping = buyers.map(async (buyer, lane) => {
      for (let round = 0; !stopped; round++) {
        const placed = await persist(() => order(stack, buyer, bookId, provider, `order-${lane}-${round}`), [201])
        await persist(() => pay(stack, buyer, placed.body.id, `pay-${lane}-${round}`), [200, 202])
        bought++
      }
    })
    const { result } = await stack.run(['status', '--json'])
    for (const { name, pid } of result.processes as { name: string; pid: number }[]) {
      if (name === 'supervisor') continue
      const before = bought
      process.kill(pid, 'SIGKILL')
      await until(`orders go on after ${name} was killed`, () => bought >= before + 8, 30_000)
    }
    stopped = true
    await Promise.all(shopping)

    const settled = async () => {
      const orders = (await Promise.all(buyers.map((buyer) => allOrders(stack, buyer.bearer)))).flat()
      return orders.every(({ status }) => ['paid', 'shipped', 'delivered'].includes(status)) ? orders : undefined
    }
    await until('every order is paid', async () => (await settled()) !== undefined)
    expect(await settled()).toHaveLength(bought)
    expect((await stack.request('GET', `/api/catalog/books/${bookId}`)).body.stock).toBe(500 - bought)
  })

  it('leaves nothing running, and comes back with all it had', async () => {
    const shopper = await newShopper(stack)
    const bookId = await sell(stack, shopper, 3)
    const down = await stack.run(['down', '--json'])
    expect(down.status, down.stderr).toBe(0)
    expect(processesOf(stack.folder)).toEqual([])
    expect(await isOpen(stack.httpsPort)).toBe(false)
    expect(await isOpen(stack.httpPort)).toBe(false)

    expect((await stack.run(['up', '--json'])).result).toMatchObject({ ok: true })
    expect((await stack.request('GET', `/api/catalog/books/${bookId}`)).body).toMatchObject({ id: bookId, stock: 3 })
  })

  it('mends itself when the supervisor was killed', async () => {
    const { result } = await stack.run(['status', '--json'])
    const supervisor = result.processes.find(({ name }: { name: string }) => name === 'supervisor')
    process.kill(supervisor.pid, 'SIGKILL')
    await until('the supervisor is gone', () =>
      processesOf(stack.folder).every((line) => !line.startsWith(`${supervisor.pid} `)),
    )
    const up = await stack.run(['up', '--json'])
    expect(up.result, up.stderr).toMatchObject({ ok: true })
    expect((await stack.request('GET', '/api/catalog/books?limit=1')).status).toBe(200)
  })
})

/** Asks until one of `statuses` comes; whatever happens in between, the same key is used. */
async function persist<T extends { status: number; body: { code?: string } }>(
  ask: () => Promise<T>,
  statuses: readonly number[],
): Promise<T> {
  let last: unknown
  for (let attempt = 0; attempt < 400; attempt++) {
    const reply = await ask().catch((error: unknown) => {
      last = error
      return undefined
    })
    if (reply && statuses.includes(reply.status)) return reply
    if (reply) last = `${reply.status} ${JSON.stringify(reply.body)}`
    if (reply && reply.status < 500 && reply.body.code !== 'request-in-flight') break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never answered with ${statuses.join(' or ')}: ${String(last)}`)
}

async function allOrders(stack: Stack, headers: Record<string, string>): Promise<{ status: string }[]> {
  const orders: { status: string }[] = []
  for (let cursor = ''; ; ) {
    const { body } = await stack.request('GET', `/api/sales/orders?limit=100${cursor}`, { headers })
    orders.push(...body.items)
    if (body.next === null) return orders
    cursor = `&cursor=${encodeURIComponent(body.next)}`
  }
}
