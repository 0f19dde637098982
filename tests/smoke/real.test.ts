import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { runSmoke } from '../../provisioners/smoke/index.ts'
import { asSuperuser, repositoryRoot } from '../support/postgres.ts'
import { startShop, type TestShop } from '../support/shop.ts'
import { brokenIn, quiet } from './check.ts'
import { type Edge, type Reply, startEdge } from './edge.ts'
import { handlerOf } from './real-shop.ts'

const cluster = inject('cluster')
let shop: TestShop
let edge: Edge
let folder: string
let tamper: (reply: Reply, path: string) => Reply = (reply) => reply

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bookstore-smoke-'))
  shop = await startShop(cluster, { services: ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] })
  edge = await startEdge({ handler: handlerOf(shop), tamper: (reply, { path }) => tamper(reply, path) })
  await writeFile(join(folder, 'ca.pem'), edge.ca)
})
afterAll(async () => {
  await edge.close()
  await shop.close()
  await rm(folder, { recursive: true, force: true })
})

/** The command itself. */
function bookstore(...words: string[]): Promise<{ status: number; out: string }> {
  const site = ['--url', edge.url, '--ca', join(folder, 'ca.pem'), '--http-port', String(edge.httpPort)]
  const env = { ...process.env, BOOKSTORE_HOME: join(folder, 'home') }
  const argv = [join(repositoryRoot, 'dist/cli/main.mjs'), 'smoke', ...site, ...words]
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: folder, env }, (error, out) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out })
    })
  })
}

const rows = (service: 'auth' | 'catalog', text: string) =>
  asSuperuser(cluster, shop.databases[service].role, async (client) => (await client.query(text)).rows)

test('the whole journey holds on the real services, and nobody is left', async () => {
  const report = await runSmoke({ ...edge }, quiet())
  expect(brokenIn(report), JSON.stringify(report.checks, undefined, 1)).toEqual([])
  expect(await rows('auth', 'select from users where closed_at is null')).toEqual([])
  const { body } = await shop.request('gateway', 'GET', '/api/catalog/books')
  expect(body.items).toEqual([])
})

test('the command: status 0, a JUnit report, and no password anywhere', async () => {
  const report = join(folder, 'report.xml')
  const { status, out } = await bookstore('--json', '--report', report)
  expect(status, out).toBe(0)
  const result = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '{}')
  expect(result).toMatchObject({ type: 'result', ok: true, url: edge.url })
  expect(await readFile(report, 'utf8')).toContain(`tests="${result.checks.length}" failures="0"`)
  // A password of ours is 32 characters, a token begins with eyJ.
  expect(out).not.toMatch(/eyJ|[\w-]{32}/)
})

test('the command: status 3 when something does not hold, with its name', async () => {
  tamper = (reply, path) =>
    path === '/' ? { ...reply, headers: { ...reply.headers, 'content-security-policy': '' } } : reply
  const { status, out } = await bookstore('--read-only', '--json')
  tamper = (reply) => reply
  expect(status).toBe(3)
  const wrong = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '{}').checks.filter(
    (check: { ok: boolean }) => !check.ok,
  )
  expect(wrong.map((check: { name: string }) => check.name)).toEqual(['security headers'])
})

test.each([
  [['--url', 'http://shop.localhost'], 64],
  [['--ca', '/no/such/file'], 1],
  [['--http-port', '0'], 64],
  [['--payments', 'cash'], 64],
])('%j is refused', async (words, status) => {
  expect((await bookstore(...words)).status).toBe(status)
})

test('a service that dies on the way is a sentence, and the rest is taken back', async () => {
  tamper = (reply, path) => (path.endsWith('/payment') ? { ...reply, status: 503, body: '' } : reply)
  const report = await runSmoke({ ...edge }, quiet())
  tamper = (reply) => reply
  expect(brokenIn(report)).toEqual(['pay'])
  expect(report.checks.find(({ name }) => name === 'pay')?.message).toMatch(/payment answered 503/)
  expect(await rows('auth', 'select from users where closed_at is null')).toEqual([])
})
