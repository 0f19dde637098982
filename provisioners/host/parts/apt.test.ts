import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/testing/manual-clock.ts'
import { TemporaryHost } from '../testing/temporary-host.ts'
import { Apt, parseSimulation } from './apt.ts'
import { aptError, lockOwner } from './apt-errors.ts'
import { withoutForeign } from './our-packages.ts'

/** It names the holder while it waits, on standard output. */
const waited =
  'Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt-get)...\n'
const locked =
  'E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?\n'

describe('what apt says', () => {
  it.each([
    [locked, 'apt-locked'],
    [
      "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. ",
      'dpkg-interrupted',
    ],
    ['E: Unable to locate package nginx', 'apt-lists-old'],
    ["E: Package 'x' has no installation candidate", 'apt-lists-old'],
    ['E: Failed to fetch http://host/x.deb  404  Not Found [IP: 10.0.0.1 80]', 'apt-fetch-failed'],
    ["E: You don't have enough free space in /var/cache/apt/archives/.", 'disk-full'],
    ['E: Sub-process /usr/bin/dpkg returned an error code (1)', 'apt-failed'],
  ])('becomes a code: %s', (said, code) => {
    expect(aptError('it', said)).toMatchObject({ code })
  })

  it('is repeated without its marks, once', () => {
    const error = aptError(
      "'apt-get install x'",
      'Reading...\nE: Unable to locate package x\nE: Unable to locate package x\n',
    )
    expect(error.message).toBe("'apt-get install x' failed: Unable to locate package x")
  })

  it('names who holds the lock', () => {
    expect(lockOwner(waited)).toBe('apt-get (process 812)')
    expect(lockOwner('')).toBe('another program')
  })

  it('of a simulation tells new from upgraded', () => {
    const text = `Inst libfoo [1] (2 Debian:12 [amd64])
Inst nginx (1.22 Debian:12 [amd64]) []
Inst libbar:i386 (3 Debian:12 [i386])
Conf nginx (1.22 Debian:12 [amd64])
Purg old [1]
Remv older [1]
`
    expect(parseSimulation(text)).toEqual({ added: ['nginx', 'libbar'], removed: ['old', 'older'] })
  })
})

describe('apt', () => {
  let host: TemporaryHost
  let clock: ManualClock
  const answers = (...all: ({ code: number; stdout?: string; stderr?: string } | undefined)[]) => {
    host.answer = ([program]) => (program === 'apt-get' ? (all.shift() ?? { code: 0 }) : undefined)
  }
  const words = () => host.ran.map((line) => line.replace(/ --\S+/g, ''))
  const apt = () => new Apt(host, 'host.packages/all', { ...host.ctx, clock })
  beforeEach(async () => {
    host = await TemporaryHost.make()
    clock = new ManualClock({ jumps: true })
  })
  afterEach(() => host.remove())

  it('waits for who holds its lock, and says who', async () => {
    const held = { code: 100, stdout: waited, stderr: locked }
    answers(held, held)
    await apt().run('install', 'nginx')
    expect(clock.slept).toEqual([5_000, 5_000])
    expect(host.events).toContainEqual({
      type: 'step-progress',
      address: 'host.packages/all',
      message: 'waiting for apt-get (process 812), which changes packages',
    })
  })

  it('gets new lists when those of now do not do', async () => {
    answers({ code: 100, stderr: 'E: Unable to locate package nginx' })
    await apt().run('install', 'nginx')
    expect(words()).toEqual(['apt-get install nginx', 'apt-get update', 'apt-get install nginx'])
  })

  it('finishes an interrupted installation first', async () => {
    answers({ code: 100, stderr: 'E: dpkg was interrupted, you must manually run' })
    await apt().run('install', 'nginx')
    expect(words()).toEqual(['apt-get install nginx', 'dpkg -a', 'apt-get install nginx'])
  })

  it('gives up after three attempts to fetch, and at once on what it does not know', async () => {
    const failing = { code: 100, stderr: 'E: Failed to fetch http://host/x  Connection timed out' }
    host.answer = () => failing
    await expect(apt().run('install', 'nginx')).rejects.toMatchObject({ code: 'apt-fetch-failed' })
    host.ran.splice(0)
    host.answer = () => ({ code: 100, stderr: 'E: Broken packages' })
    await expect(apt().run('install', 'nginx')).rejects.toMatchObject({ code: 'apt-failed' })
    expect(host.ran).toHaveLength(1)
  })
})

describe('packages that go', () => {
  /** Who would go with whom. */
  const world = (pulls: Record<string, string[]>) => async (names: readonly string[]) => [
    ...new Set(names.flatMap((name) => [name, ...(pulls[name] ?? [])])),
  ]

  it('are all of ours when nobody else needs them', async () => {
    expect(await withoutForeign(['a', 'b'], world({ a: ['b'] }))).toEqual({ go: ['a', 'b'], stay: [] })
    expect(await withoutForeign([], world({}))).toEqual({ go: [], stay: [] })
  })

  it('do not take along what is not ours, nor what that needs', async () => {
    const pulls = world({ lib: ['a', 'b', 'theirs'], a: ['b'], b: ['theirs'] })
    expect(await withoutForeign(['lib', 'a', 'b', 'c'], pulls)).toEqual({ go: ['c'], stay: ['lib', 'a', 'b'] })
  })
})
