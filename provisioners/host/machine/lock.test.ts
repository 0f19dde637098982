import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../engine/clock.ts'
import { withLock } from './lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

const ctx = { clock: systemClock, signal: new AbortController().signal }
const holder = (verb: string) => ({ verb, by: 'ana@laptop', since: '2026-11-24T09:00:00.000Z' })
const take = <T>(verb: string, patienceMs: number, work: () => Promise<T>) =>
  withLock(join(folder, 'deep/lock'), holder(verb), patienceMs, ctx, work)

it('tells those who come too early who has it', async () => {
  await take('converge', 0, async () => {
    await expect(take('backup', 0, async () => 'in')).rejects.toMatchObject({
      code: 'busy',
      status: 75,
      message: "'converge', started by ana@laptop at 2026-11-24T09:00:00.000Z, is at work on this machine.",
    })
  })
  expect(await take('backup', 0, async () => 'in')).toBe('in')
})

it('waits as long as it may', async () => {
  let release = () => {}
  let begun = () => {}
  const holds = new Promise<void>((resolve) => (begun = resolve))
  const work = () =>
    new Promise<void>((resolve) => {
      release = resolve
      begun()
    })
  const held = take('converge', 0, work)
  await holds
  const next = take('backup', 10_000, async () => 'in')
  setTimeout(() => release(), 300)
  await held
  expect(await next).toBe('in')
}, 20_000)

it('is free again when the work failed', async () => {
  await expect(take('converge', 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await take('converge', 0, async () => 'in')).toBe('in')
})
