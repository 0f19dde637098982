import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { layoutOf } from '../../provisioners/local/layout.ts'
import { isAlive, type ProcessId, signalProcess, startOf, workersIn } from '../../provisioners/local/os-process.ts'
import { tryPort } from '../../provisioners/local/ports.ts'
import { withSession } from '../../provisioners/local/postgres/session.ts'
import type { Programs } from '../../provisioners/local/programs.ts'
import { readStatus } from '../../provisioners/local/status.ts'
import { leftoversOf, stopSite } from '../../provisioners/local/stop.ts'
import { readJournal } from '../../provisioners/local/supervisor/journal.ts'
import { readSecret } from '../../provisioners/shop/secrets.ts'
import type { Site } from '../../provisioners/site.ts'
import { converge, discard, fixturePrograms, planOf, statusOfSite, testContext, testSite, until } from './harness.ts'
import { ask } from './requests.ts'

/** Milliseconds. It takes a tenth of it on a computer that has nothing else to do. */
const mendedWithin = 5_000

let folder: string
let programs: Programs
let site: Site

beforeAll(async () => {
  folder = await mkdtemp('/tmp/programs-')
  programs = await fixturePrograms(folder)
  site = await testSite()
})

afterAll(async () => {
  await discard(site)
  await rm(folder, { recursive: true })
})

beforeEach(async () => {
  const { failed } = await converge(site, programs)
  expect(failed).toEqual([])
})

const processOf = async (name: string) => (await statusOfSite(site))?.processes.find((each) => each.name === name)

async function identityOf(name: string): Promise<ProcessId> {
  const pid = (await processOf(name))?.pid ?? 0
  return { pid, start: startOf(pid) ?? '' }
}

async function kill(name: string): Promise<void> {
  const id = await identityOf(name)
  expect(signalProcess(id, 'SIGKILL')).toBe(true)
}

/** Milliseconds from the kill until the site answers again with the process in place. */
async function mended(name: string, works: () => Promise<boolean>): Promise<number> {
  const before = await identityOf(name)
  const started = Date.now()
  await kill(name)
  await until(`${name} runs again`, async () => {
    const now = await processOf(name)
    return now?.state === 'ready' && now.pid !== before.pid && (await works().catch(() => false))
  })
  return Date.now() - started
}

const answers = (path: string) => async () => (await ask(site, path)).status === 200

async function databaseAnswers(): Promise<boolean> {
  const layout = layoutOf(site)
  const password = await readSecret(layout.secrets, 'database-auth')
  if (!password) return false
  const login = { socket: layout.databaseSocket, user: 'auth', password, database: 'auth' }
  return withSession(login, async (client) => (await client.query('select 1')).rowCount === 1)
}

describe('a site that stands', () => {
  it('needs no change when nothing changed', async () => {
    expect(await planOf(site, programs)).toEqual({ steps: [], followers: [] })
    const started = Date.now()
    await converge(site, programs)
    expect(Date.now() - started).toBeLessThan(1_000)
  })

  it('tells what it is', async () => {
    const status = await readStatus(site, testContext().clock)
    expect(status.state).toBe('running')
    expect(status.url).toBe(`https://shop.localhost:${site.local.httpsPort}`)
    expect(readFileSync(status.ca ?? '', 'utf8')).toContain('BEGIN CERTIFICATE')
    expect(status.processes.map(({ name }) => name)).toEqual([
      'supervisor',
      'postgres',
      'nginx',
      'auth-1',
      'catalog-1',
      'gateway-1',
      'payments-1',
      'sales-1',
      'web-1',
    ])
    for (const process of status.processes)
      expect(process).toMatchObject({ state: 'ready', memory: expect.any(Number) })
  })

  it('keeps secrets from other users and from the list of processes', async () => {
    const layout = layoutOf(site)
    for (const name of await readdir(layout.secrets)) {
      expect(statSync(join(layout.secrets, name)).mode & 0o777).toBe(0o600)
      const secret = readFileSync(join(layout.secrets, name), 'utf8').trim()
      for (const file of [layout.desired, layout.journal]) expect(readFileSync(file, 'utf8')).not.toContain(secret)
      for (const log of await readdir(layout.logs)) {
        expect(readFileSync(join(layout.logs, log), 'utf8')).not.toContain(secret)
      }
    }
    expect(statSync(layout.supervisorSocket).mode & 0o077).toBe(0)
    expect(statSync(layout.run).mode & 0o077).toBe(0)
  })

  it('lets no service into the database of another', async () => {
    const layout = layoutOf(site)
    const password = await readSecret(layout.secrets, 'database-auth')
    if (!password) throw new Error('no password')
    const login = { socket: layout.databaseSocket, user: 'auth', password, database: 'catalog' }
    await expect(withSession(login, async () => {})).rejects.toMatchObject({ code: '42501' })
    const wrong = { ...login, database: 'auth', user: 'catalog' }
    await expect(withSession(wrong, async () => {})).rejects.toMatchObject({ code: '28P01' })
  })
})

describe('what is killed', () => {
  it.each(['web-1', 'gateway-1', 'auth-1', 'catalog-1', 'sales-1', 'payments-1'])('%s is back', async (name) => {
    expect(await mended(name, answers(name === 'gateway-1' ? '/api/x' : '/'))).toBeLessThan(mendedWithin)
  })

  it('PostgreSQL is back, although its server processes outlive it for a moment', async () => {
    expect(await mended('postgres', databaseAnswers)).toBeLessThan(mendedWithin)
  })

  it('NGINX is back, although its workers still hold the ports', async () => {
    expect(await mended('nginx', answers('/'))).toBeLessThan(mendedWithin)
  })

  it('a hanging process is replaced', async () => {
    const { pid } = await identityOf('web-1')
    process.kill(pid, 'SIGSTOP')
    await until(
      'web-1 was replaced',
      async () => {
        const now = await processOf('web-1')
        return now?.state === 'ready' && now.pid !== pid
      },
      40_000,
    )
  })

  it('the supervisor is missed by nobody until the next up, which leaves one of everything', async () => {
    const { children } = readJournal(layoutOf(site).journal)
    const supervisor = readJournal(layoutOf(site).journal).supervisor
    expect(supervisor && signalProcess(supervisor, 'SIGKILL')).toBe(true)
    expect((await ask(site, '/')).status).toBe(200)
    const status = await readStatus(site, testContext().clock)
    expect(status.state).toBe('degraded')
    expect(status.processes.every(({ state }) => state === 'orphaned')).toBe(true)
    expect((await converge(site, programs)).failed).toEqual([])
    expect(children.filter(isAlive)).toEqual([])
    expect((await readStatus(site, testContext().clock)).state).toBe('running')
    expect((await ask(site, '/')).status).toBe(200)
  })

  it('a supervisor that hangs is replaced, and never comes back', async () => {
    const { supervisor } = readJournal(layoutOf(site).journal)
    if (!supervisor) throw new Error('no supervisor')
    signalProcess(supervisor, 'SIGSTOP')
    expect((await converge(site, programs)).failed).toEqual([])
    expect(isAlive(supervisor)).toBe(false)
    expect((await readStatus(site, testContext().clock)).state).toBe('running')
  })

  it('supervisor and NGINX’s master together leave workers, which the next up ends', async () => {
    const journal = readJournal(layoutOf(site).journal)
    const nginx = journal.children.find(({ name }) => name === 'nginx')
    const postgres = journal.children.find(({ name }) => name === 'postgres')
    for (const id of [journal.supervisor, nginx, postgres]) expect(id && signalProcess(id, 'SIGKILL')).toBe(true)
    expect((await converge(site, programs)).failed).toEqual([])
    expect((await ask(site, '/')).status).toBe(200)
    expect(await databaseAnswers()).toBe(true)
  })
})

describe('another build', () => {
  it('restarts the processes that it changed, and them alone', async () => {
    const before = await statusOfSite(site)
    const other = join(folder, 'other.mjs')
    const { readFile, writeFile, symlink } = await import('node:fs/promises')
    await symlink(new URL('../../node_modules', import.meta.url).pathname, join(folder, 'node_modules')).catch(() => {})
    await writeFile(other, `${await readFile(programs.service('web'), 'utf8')}\n// another build\n`)
    const rebuilt = {
      ...programs,
      service: (name: Parameters<Programs['service']>[0]) => (name === 'web' ? other : programs.service(name)),
    }
    expect((await converge(site, rebuilt)).done).toEqual(['local.process/web-1'])
    const after = await statusOfSite(site)
    const moved = after?.processes.filter(({ pid }) => !before?.processes.some((each) => each.pid === pid))
    expect(moved?.map(({ name }) => name)).toEqual(['web-1'])
  })
})

describe('down', () => {
  it('leaves no process, no port and no socket, and keeps the data', async () => {
    const layout = layoutOf(site)
    const { supervisor, children } = readJournal(layout.journal)
    const { leftovers, processes } = await stopSite(site, testContext())
    expect(leftovers).toEqual([])
    expect(processes).toContain('catalog-1')
    expect([...children, ...(supervisor ? [supervisor] : [])].filter(isAlive)).toEqual([])
    expect(workersIn(layout.cluster)).toEqual([])
    expect(await tryPort(site.local.httpsPort, '127.0.0.1')).toBe('free')
    expect(await tryPort(site.local.httpPort, '127.0.0.1')).toBe('free')
    expect((await readdir(layout.run)).filter((name) => name.endsWith('.sock'))).toEqual([])
    expect(existsSync(join(layout.cluster, 'PG_VERSION'))).toBe(true)
    expect((await readStatus(site, testContext().clock)).state).toBe('stopped')
    expect(await stopSite(site, testContext())).toEqual({ leftovers: [], processes: [] })
    const { done } = await converge(site, programs)
    expect(done).not.toContain('local.postgres/cluster')
    expect((await ask(site, '/')).status).toBe(200)
  })

  it('also finds what a killed supervisor left', async () => {
    const { supervisor, children } = readJournal(layoutOf(site).journal)
    expect(supervisor && signalProcess(supervisor, 'SIGKILL')).toBe(true)
    expect((await stopSite(site, testContext())).leftovers).toEqual([])
    expect(children.filter(isAlive)).toEqual([])
  })

  it('says what is there, as long as it is', async () => {
    const kinds = new Set((await leftoversOf(site)).map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual(['port', 'process', 'socket'])
  })
})
