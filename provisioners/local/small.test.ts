import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Site } from '../site.ts'
import { siteFacts } from './describe.ts'
import { orDiskFull } from './disk.ts'
import { instancesOf, storeInstances } from './instances.ts'
import { logFiles, readLogs } from './log-files.ts'
import { parseVersions } from './nginx/locate.ts'
import { stateOf } from './status.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp('/tmp/local-test-')
})

afterEach(() => rm(home, { recursive: true }))

const site = (local: Partial<Site['local']> = {}) =>
  ({
    target: 'local',
    domain: 'shop.localhost',
    home,
    local: { httpsPort: 8443, httpPort: 8080, instances: undefined, ...local },
  }) as Site

describe('instances', () => {
  it('are one at first, then what was stored, unless the configuration decides', async () => {
    expect(instancesOf(site())).toBe(1)
    await storeInstances(site(), 3)
    expect(instancesOf(site())).toBe(3)
    expect(instancesOf(site({ instances: 2 }))).toBe(2)
  })

  it.each([0, 9, 1.5, Number.NaN])('cannot be %s', async (number) => {
    await expect(storeInstances(site(), number)).rejects.toMatchObject({ code: 'wrong-instances', status: 64 })
  })

  it('are one when the file is torn', async () => {
    await writeFile(join(home, 'settings.json'), '{"instances":')
    expect(instancesOf(site())).toBe(1)
  })
})

describe('logs', () => {
  it('are merged by time, the last lines first asked for', async () => {
    await writeFile(join(home, 'a-1.log'), '{"time":1,"msg":"one"}\n{"time":3,"msg":"three"}\n')
    await writeFile(join(home, 'b-1.log'), '{"time":2,"msg":"two"}\n{"time":4,"msg":"four"}\nunfinished')
    const files = await logFiles(home, undefined)
    const heard: string[] = []
    const clock = { now: () => new Date(), sleep: async () => {} }
    const options = { count: 3, follow: false, clock, signal: AbortSignal.timeout(1_000) }
    await readLogs(files, options, ({ message }) => heard.push(message))
    expect(heard).toEqual(['two', 'three', 'four'])
  })

  it('are found by process and by service, and a wrong name is answered with the right ones', async () => {
    for (const name of ['auth-1', 'auth-2', 'nginx']) await writeFile(join(home, `${name}.log`), '')
    expect((await logFiles(home, 'auth')).map(({ process }) => process)).toEqual(['auth-1', 'auth-2'])
    expect((await logFiles(home, 'nginx')).map(({ process }) => process)).toEqual(['nginx'])
    const error = logFiles(home, 'nope')
    await expect(error).rejects.toMatchObject({ status: 64, hint: 'There are: auth-1, auth-2, nginx.' })
  })

  it('are followed through a rotation until somebody has heard enough', async () => {
    const path = join(home, 'a-1.log')
    await writeFile(path, '{"time":1,"msg":"long line that is rotated away"}\n')
    const enough = new AbortController()
    const heard: string[] = []
    const clock = {
      now: () => new Date(),
      sleep: async () => {
        if (heard.length === 1) await writeFile(path, '{"time":2,"msg":"new"}\n')
      },
    }
    await readLogs(
      [{ process: 'a-1', path }],
      { count: 10, follow: true, clock, signal: enough.signal },
      ({ message }) => {
        heard.push(message)
        if (heard.length === 2) enough.abort()
      },
    )
    expect(heard).toEqual(['long line that is rotated away', 'new'])
  })
})

it('reads the versions of any NGINX', () => {
  const debian =
    'nginx version: nginx/1.22.1\nbuilt with OpenSSL 3.0.8 7 Feb 2023 (running with OpenSSL 3.0.17 1 Jul 2025)\nconfigure arguments: --with-x'
  expect(parseVersions(debian)).toEqual({
    version: '1.22.1',
    openssl: '3.0.17',
    tempModules: ['fastcgi', 'uwsgi', 'scgi'],
  })
  const packaged =
    'nginx version: nginx/1.25.4\nbuilt with LibreSSL 3.8.2\nconfigure arguments: --without-http_fastcgi_module --without-http_uwsgi_module'
  expect(parseVersions(packaged)).toEqual({ version: '1.25.4', openssl: undefined, tempModules: ['scgi'] })
  expect(parseVersions('nonsense')).toBeUndefined()
})

it('says how to reach a site that no resolver knows', () => {
  expect(siteFacts(site()).curl).toBe(
    `curl --cacert ${home}/tls/authority.pem --resolve shop.localhost:8443:127.0.0.1 https://shop.localhost:8443/`,
  )
  expect(siteFacts({ ...site(), home: "/a b/it's" }).curl).toContain("--cacert '/a b/it'\\''s/tls/authority.pem'")
})

it('calls a site running, degraded or stopped', () => {
  expect(stateOf([])).toBe('stopped')
  expect(stateOf([{ state: 'ready' }])).toBe('running')
  expect(stateOf([{ state: 'ready' }, { state: 'waiting' }])).toBe('degraded')
  expect(stateOf([{ state: 'orphaned' }])).toBe('degraded')
})

it('blames the disk only when it is full', async () => {
  const error = new Error('x')
  expect(await orDiskFull(error, home)).toBe(error)
  expect(await orDiskFull(error, join(home, 'absent'))).toBe(error)
})
