import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive } from '../os-process.ts'
import { Managed } from './managed.ts'
import type { ProcessSpec } from './spec.ts'
import { specHash } from './spec.ts'

let folder: string
let reports: string[]
const running: Managed[] = []

beforeEach(async () => {
  folder = await mkdtemp('/tmp/managed-test-')
  reports = []
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
  await rm(folder, { recursive: true })
})

/** A process that listens on a unix socket and answers 200, after `before` has run. */
const server = (before = '') => `${before}; require('http').createServer((q, a) => a.end()).listen(process.env.SOCKET)`

function specOf(script: string, overrides: Partial<ProcessSpec> = {}): ProcessSpec {
  const socket = join(folder, 'a.sock')
  return {
    name: 'a',
    argv: [execPath, '-e', script],
    cwd: folder,
    env: { SOCKET: socket },
    ready: { kind: 'http', socket, path: '/readyz' },
    stop: { signal: 'SIGTERM', graceMs: 300 },
    tier: 0,
    leftovers: [socket],
    revision: '1',
    log: join(folder, 'a.log'),
    ...overrides,
  }
}

function managed(spec: ProcessSpec): Managed {
  const times = { firstBackoff: 10, longestBackoff: 40, stable: 60_000, probeEvery: 10, liveEvery: 50 }
  const made = new Managed(
    spec,
    (event) => reports.push(event),
    () => {},
    times,
  )
  running.push(made)
  return made
}

describe('a managed process', () => {
  it('is ready when it answers, and not before', async () => {
    const one = managed(specOf(server()))
    one.start()
    expect(one.status.state).toBe('starting')
    expect(await one.settled(10_000)).toBe('ready')
    expect(one.status).toMatchObject({ state: 'ready', restarts: 0, pid: expect.any(Number) })
  })

  it('is started again, however it dies, and later each time', async () => {
    const one = managed(specOf('process.exit(3)'))
    one.start()
    expect(await one.settled(10_000)).toBe('failing')
    expect(one.status).toMatchObject({ lastExit: 'status 3' })
    expect(one.failures).toBeGreaterThanOrEqual(3)
  })

  it('counts what it cannot even start as a death', async () => {
    const one = managed(specOf('', { argv: [join(folder, 'absent')] }))
    one.start()
    expect(await one.settled(10_000)).toBe('failing')
    const nowhere = managed(specOf(server(), { log: join(folder, 'no/such/folder/a.log') }))
    nowhere.start()
    expect(await nowhere.settled(10_000)).toBe('failing')
  })

  it('is stopped by its signal, or after its grace by force', async () => {
    const stubborn = managed(specOf(server("process.on('SIGTERM', () => {})")))
    stubborn.start()
    await stubborn.settled(10_000)
    const { id } = stubborn
    await stubborn.stop()
    expect(stubborn.status).toMatchObject({ state: 'stopped', pid: undefined, lastExit: 'SIGKILL' })
    expect(id && isAlive(id)).toBe(false)
  })

  it('takes its children along when it dies', async () => {
    const script = `const c = require('child_process').spawn('sleep', ['1000']); require('fs').writeFileSync('child', String(c.pid)); ${server()}`
    const parent = managed(specOf(script))
    parent.start()
    await parent.settled(10_000)
    const child = Number(await readFile(join(folder, 'child'), 'utf8'))
    const { startOf } = await import('../os-process.ts')
    const start = startOf(child) ?? ''
    parent.signal('SIGKILL')
    await parent.stop()
    await expect.poll(() => isAlive({ pid: child, start })).toBe(false)
  })

  it('is replaced when its event loop stands still', async () => {
    const socket = join(folder, 'a.sock')
    const hanging = managed(
      specOf(server('setTimeout(() => { for (;;); }, 300)'), {
        ready: { kind: 'http', socket, path: '/', live: '/livez' },
      }),
    )
    hanging.start()
    await hanging.settled(10_000)
    await expect.poll(() => reports.includes('hangs'), { timeout: 5_000 }).toBe(true)
  })

  it('removes what a killed one left before it starts', async () => {
    await writeFile(join(folder, 'a.sock'), '')
    const one = managed(specOf(server()))
    one.start()
    expect(await one.settled(10_000)).toBe('ready')
  })
})

it('is another process when anything of its spec is another, and the same in any order', () => {
  const spec = specOf('x')
  const { name, ...rest } = spec
  expect(specHash({ ...rest, name })).toBe(specHash(spec))
  expect(specHash({ ...spec, revision: '2' })).not.toBe(specHash(spec))
  expect(specHash({ ...spec, env: { SOCKET: 'x' } })).not.toBe(specHash(spec))
})
