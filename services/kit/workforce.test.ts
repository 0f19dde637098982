import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import type { Worker } from './worker.ts'
import { Workforce } from './workforce.ts'

const log = createLog('test', 'silent')

/** A worker that ends only when the test lets it. */
function slowWorker() {
  let running = 0
  let most = 0
  let end: () => void = () => undefined
  const worker: Worker = {
    name: 'slow',
    run: async () => {
      most = Math.max(most, ++running)
      await new Promise<void>((resolve) => {
        end = resolve
      })
      running--
    },
  }
  return { worker, end: () => end(), running: () => running, most: () => most }
}

const obedient: Worker = {
  name: 'obedient',
  run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
}

describe('a workforce', () => {
  it('sleeps until it is woken, and can be told anything twice', async () => {
    const workforce = new Workforce([obedient], log)
    const states = [workforce.state]
    for (const awake of [false, true, true, false, false, true]) {
      expect(await workforce.set(awake)).toBe(true)
      states.push(workforce.state)
    }
    await workforce.close()
    expect(states).toEqual(['asleep', 'asleep', 'awake', 'awake', 'asleep', 'asleep', 'awake'])
  })

  it('is asleep only when running work has ended', async () => {
    const slow = slowWorker()
    const workforce = new Workforce([slow.worker, obedient], log)
    await workforce.set(true)
    let asleep = false
    const falling = workforce.set(false).then((done) => {
      asleep = done
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([workforce.state, asleep]).toEqual(['falling-asleep', false])
    slow.end()
    await falling
    expect([workforce.state, asleep, slow.running()]).toEqual(['asleep', true, 0])
  })

  it('says so when work does not end in time, runs none of it twice, and wakes again afterwards', async () => {
    const slow = slowWorker()
    const workforce = new Workforce([slow.worker], log, 20)
    await workforce.set(true)
    expect(await workforce.set(false)).toBe(false)
    expect(await workforce.set(true)).toBe(false)
    expect(workforce.state).toBe('falling-asleep')
    slow.end()
    expect(await workforce.set(true)).toBe(true)
    expect([slow.running(), slow.most()]).toEqual([1, 1])
    slow.end()
    expect(await workforce.set(false)).toBe(true)
  })

  it('follows the last of those who call at once', async () => {
    const workforce = new Workforce([obedient], log)
    await Promise.all([true, false, true, false].map((awake) => workforce.set(awake)))
    expect(workforce.state).toBe('asleep')
    await Promise.all([false, true].map((awake) => workforce.set(awake)))
    expect(workforce.state).toBe('awake')
    await workforce.close()
  })

  it('without workers can be told to wake as well', async () => {
    const workforce = new Workforce([], log)
    expect(await workforce.set(true)).toBe(true)
    expect(workforce.state).toBe('awake')
  })

  it('stays asleep once it is closed', async () => {
    const workforce = new Workforce([obedient], log)
    await workforce.set(true)
    await workforce.close()
    expect(await workforce.set(true)).toBe(false)
    expect(workforce.state).toBe('asleep')
  })
})
