import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BookstoreError } from '../../provisioners/engine/errors.ts'
import { layoutOf } from '../../provisioners/local/layout.ts'
import { isAlive, startedWith } from '../../provisioners/local/os-process.ts'
import { findServers } from '../../provisioners/local/postgres/locate.ts'
import type { Programs } from '../../provisioners/local/programs.ts'
import { leftoversOf, stopSite } from '../../provisioners/local/stop.ts'
import { readJournal } from '../../provisioners/local/supervisor/journal.ts'
import type { Site } from '../../provisioners/site.ts'
import {
  converge,
  discard,
  fixturePrograms,
  freePort,
  planOf,
  statusOfSite,
  testContext,
  testSite,
  until,
} from './harness.ts'
import { ask, askPlainly } from './requests.ts'

let folder: string
let programs: Programs
const sites: Site[] = []

beforeEach(async () => {
  folder = await mkdtemp('/tmp/programs-')
  programs = await fixturePrograms(folder)
})

afterEach(async () => {
  for (const site of sites.splice(0)) await discard(site)
  await rm(folder, { recursive: true })
})

async function made(...options: Parameters<typeof testSite>): Promise<Site> {
  const site = await testSite(...options)
  sites.push(site)
  return site
}

async function stands(site: Site): Promise<void> {
  expect((await converge(site, programs)).failed).toEqual([])
  expect((await ask(site, '/')).status).toBe(200)
  expect(await planOf(site, programs)).toEqual({ steps: [], followers: [] })
}

describe('a home that lies too deep for socket addresses', () => {
  it('works through a short folder, which goes with the site', async () => {
    const deep = join(await mkdtemp('/tmp/deep-'), 'a folder'.repeat(12), 'and/another/one', 'ñandú'.repeat(8))
    await mkdir(deep, { recursive: true })
    const site = await made({}, deep)
    await stands(site)
    const { run, runLink } = layoutOf(site)
    expect((await lstat(runLink)).isSymbolicLink()).toBe(true)
    expect((await lstat(run)).mode & 0o777).toBe(0o700)
    expect((await stopSite(site, testContext())).leftovers).toEqual([])
    expect(existsSync(run)).toBe(false)
    await stands(site)
  })
})

describe('a port that is taken', () => {
  it('is named with who has it, and nothing is lost', async () => {
    const port = await freePort()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const site = await made({ httpsPort: port })
    const error = (await converge(site, programs).catch((thrown: unknown) => thrown)) as BookstoreError
    expect(error.code).toBe('port-taken')
    expect(error.message).toContain(`process ${process.pid}`)
    expect(error.hint).toContain('local.httpsPort')
    expect(existsSync(layoutOf(site).secrets)).toBe(false)
    server.close()
    await once(server, 'close')
    await stands(site)
  })
})

describe('data of another PostgreSQL', () => {
  it('is not touched, and the remedy is named', async () => {
    const site = await made()
    await stands(site)
    await stopSite(site, testContext())
    const file = join(layoutOf(site).cluster, 'PG_VERSION')
    const version = await readFile(file, 'utf8')
    await writeFile(file, '12\n')
    const error = await planOf(site, programs).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'postgres-version' })
    expect(String((error as Error).message)).toMatch(/written by PostgreSQL 12.*Found here: .*untouched/)
    await writeFile(file, version)
    await stands(site)
  })

  it('decides which server runs', async (test) => {
    const found = await findServers('auto')
    if (!found.some(({ kind }) => kind === 'system') || !found.some(({ kind }) => kind === 'embedded'))
      return test.skip()
    const site = await made({ postgres: 'embedded' })
    await stands(site)
    await stopSite(site, testContext())
    await stands({ ...site, local: { ...site.local, postgres: 'auto' } })
    const argv = (await readFile(layoutOf(site).desired, 'utf8')).match(/[^"]*native\/bin\/postgres/)
    expect(argv).not.toBeNull()
  })
})

describe('an up that is killed', () => {
  async function begin(site: Site): Promise<ChildProcess> {
    const file = join(folder, 'site.json')
    await writeFile(file, JSON.stringify(site))
    const script = new URL('fixtures/up.ts', import.meta.url).pathname
    return spawn(process.execPath, ['--import', 'tsx', script, file, folder], { stdio: 'ignore' })
  }

  const moments: [string, (site: Site) => boolean][] = [
    ['as soon as there is a secret', (site) => existsSync(layoutOf(site).secrets)],
    [
      'in the middle of initdb',
      (site) => unfinished(site).some((name) => existsSync(join(dataOf(site), name, 'global'))),
    ],
    ['when the supervisor has begun', (site) => existsSync(layoutOf(site).supervisorSocket)],
    [
      'when PostgreSQL has begun',
      (site) => readJournal(layoutOf(site).journal).children.some(({ name }) => name === 'postgres'),
    ],
    [
      'in the middle of a migration',
      (site) => startedWith('BOOKSTORE_STACK', site.home).some(({ pid }) => isMigration(pid)),
    ],
    [
      'when a service has begun',
      (site) => readJournal(layoutOf(site).journal).children.some(({ name }) => name === 'sales-1'),
    ],
  ]

  it.each(moments)('%s is mended by the next one', async (_name, reached) => {
    const site = await made()
    const up = await begin(site)
    const ended = once(up, 'exit')
    await until('the moment', async () => reached(site) || up.exitCode !== null, 60_000)
    up.kill('SIGKILL')
    await ended
    await stands(site)
    expect(unfinished(site)).toEqual([])
    const names = (await statusOfSite(site))?.processes.map(({ name }) => name) ?? []
    expect(new Set(names).size).toBe(names.length)
    expect((await stopSite(site, testContext())).leftovers).toEqual([])
  })

  it('leaves no supervisor that would listen later', async () => {
    const site = await made()
    const up = await begin(site)
    const ended = once(up, 'exit')
    const begun = () => startedWith('BOOKSTORE_STACK', site.home).filter(({ pid }) => isSupervisor(pid))
    await until('a supervisor', async () => begun().length > 0, 60_000)
    const late = begun()
    for (const { pid } of late) process.kill(pid, 'SIGSTOP')
    up.kill('SIGKILL')
    await ended
    await stands(site)
    expect(late.filter(isAlive)).toEqual([])
  })

  it('can be taken down instead', async () => {
    const site = await made()
    const up = await begin(site)
    const ended = once(up, 'exit')
    await until(
      'a migration',
      async () => startedWith('BOOKSTORE_STACK', site.home).some(({ pid }) => isMigration(pid)),
      60_000,
    )
    up.kill('SIGKILL')
    await ended
    expect((await stopSite(site, testContext())).leftovers).toEqual([])
    expect(await leftoversOf(site)).toEqual([])
  })

  const dataOf = (site: Site) => dirname(layoutOf(site).cluster)
  const unfinished = (site: Site) =>
    existsSync(dataOf(site)) ? readdirSync(dataOf(site)).filter((name) => name.includes('unfinished')) : []
  const isMigration = (pid: number) => commandOf(pid).includes('migrate')
  const isSupervisor = (pid: number) => commandOf(pid).includes('supervisor.log')
  const commandOf = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  }
})

describe('two sites', () => {
  it('live side by side and never touch each other', async () => {
    const [one, other] = [await made(), await made({ instances: 2 })]
    await Promise.all([stands(one), stands(other)])
    await stopSite(one, testContext())
    expect((await ask(other, '/')).status).toBe(200)
    expect((await askPlainly(other, '/healthz')).status).toBe(200)
  })
})

describe('a home that is removed while the site runs', () => {
  it('takes the processes with it', async () => {
    const site = await made()
    await stands(site)
    const { supervisor } = readJournal(layoutOf(site).journal)
    await rename(site.home, `${site.home}-gone`)
    await rm(`${site.home}-gone`, { recursive: true })
    await until('nothing runs', async () => startedWith('BOOKSTORE_STACK', site.home).length === 0, 30_000)
    expect(supervisor).toBeDefined()
  })
})

describe('scaling', () => {
  it('adds and retires processes while requests go on', async () => {
    const site = await made({ instances: 1 })
    await stands(site)
    const outcomes = new Map<string, number>()
    let going = true
    const shopper = async () => {
      while (going) {
        const { status, body } = await ask(site, '/api/x').catch((error: Error) => ({ status: 0, body: error.message }))
        const key = status === 200 ? (JSON.parse(body) as { process: string }).process : `${status} ${body}`
        outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
      }
    }
    const load = [shopper(), shopper(), shopper()]
    for (const instances of [3, 1, 2]) {
      const scaled = { ...site, local: { ...site.local, instances } }
      expect((await converge(scaled, programs)).failed).toEqual([])
      const names = (await statusOfSite(site))?.processes.map(({ name }) => name) ?? []
      expect(names.filter((name) => name.startsWith('gateway-'))).toHaveLength(instances)
    }
    going = false
    await Promise.all(load)
    expect([...outcomes.keys()].sort()).toEqual(['gateway-1', 'gateway-2', 'gateway-3'])
  })
})
