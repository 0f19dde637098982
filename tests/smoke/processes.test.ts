import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { smokeProcesses } from '../../provisioners/smoke/processes.ts'
import { quiet } from './check.ts'
import type { Handler } from './edge.ts'
import { type FakeShop, fakeShop } from './fake-shop.ts'

describe('the read-only journey on processes that nothing leads to yet', () => {
  let folder: string
  let shop: FakeShop
  let servers: Server[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bookstore-processes-'))
    shop = fakeShop()
    servers = []
  })
  afterEach(async () => {
    for (const server of servers) server.close()
    await rm(folder, { recursive: true })
  })

  /** A process on a Unix socket; remembers who said what about himself. */
  async function start(name: string, handler: Handler, seen: Record<string, unknown>[] = []): Promise<string> {
    const path = join(folder, `${name}.sock`)
    const server = createServer(async ({ method = 'GET', url = '/', headers }, answer) => {
      seen.push({ url, ...headers })
      const reply = await handler({ method, path: url, headers: headers as Record<string, string>, body: '' })
      answer.writeHead(reply.status, reply.headers).end(reply.body)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(path, resolve))
    return path
  }

  const smoke = (sockets: { web: string; gateway: string }) =>
    smokeProcesses({ url: 'https://shop.test', languages: ['es', 'en'], sockets }, quiet())

  it('holds for good ones, writes nothing, and comes as through a server', async () => {
    const seen: Record<string, unknown>[] = []
    const web = await start('web', shop.handler, seen)
    const checks = await smoke({ web, gateway: await start('gateway', shop.handler, seen) })
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks.map(({ name }) => name)).toContain('guarded calls')
    expect([shop.users.size, shop.orders.size]).toEqual([0, 0])
    expect(seen[0]).toMatchObject({ host: 'shop.test', 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' })
  })

  it('says which pages do not come', async () => {
    const web = await start('web', async () => ({ status: 500, headers: {}, body: '' }))
    const checks = await smoke({ web, gateway: await start('gateway', shop.handler) })
    expect(checks.filter(({ ok }) => !ok).map(({ name, message }) => `${name}: ${message}`)).toEqual([
      'home page (es): The home page answered 500.',
      'home page (en): The home page answered 500.',
    ])
  })

  it('says who does not answer at all', async () => {
    const web = await start('web', shop.handler)
    const checks = await smoke({ web, gateway: join(folder, 'nobody.sock') })
    expect(checks.find(({ name }) => name === 'browse')?.message).toMatch(/^GET \/api\/catalog\/books failed: .*ENOENT/)
  })
})
