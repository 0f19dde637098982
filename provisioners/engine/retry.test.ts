import { expect, test } from 'vitest'
import { retry } from './retry.ts'
import { addressOf, FakeWorld } from './testing/fake-world.ts'

const coded = (code: string) => Object.assign(new Error(code), { code })
const options = { codes: ['ECONNREFUSED'], attempts: 4, firstDelayMs: 100, maxDelayMs: 300, address: addressOf('db') }

/** Fails with each code in turn, then succeeds. */
function failing(...codes: string[]) {
  const left = [...codes]
  return async (attempt: number) => {
    const code = left.shift()
    if (code) throw coded(code)
    return `done at ${attempt}`
  }
}

test('tries again with growing pauses, and tells each', async () => {
  const world = new FakeWorld()
  const refused = 'ECONNREFUSED'
  expect(await retry(failing(refused, refused, refused), options, world.ctx)).toBe('done at 4')
  expect(world.clock.slept).toEqual([100, 200, 300])
  expect(world.events).toEqual([
    { type: 'retry', address: options.address, code: refused, attempt: 1, delayMs: 100 },
    { type: 'retry', address: options.address, code: refused, attempt: 2, delayMs: 200 },
    { type: 'retry', address: options.address, code: refused, attempt: 3, delayMs: 300 },
  ])
})

test('the last failure is not swallowed', async () => {
  const world = new FakeWorld()
  await expect(retry(failing(...Array(9).fill('ECONNREFUSED')), options, world.ctx)).rejects.toThrow('ECONNREFUSED')
  expect(world.clock.slept).toHaveLength(3)
})

test.each([coded('EACCES'), new Error('no code'), undefined, 'text'])('%s is not retried', async (error) => {
  const world = new FakeWorld()
  await expect(retry(() => Promise.reject(error), options, world.ctx)).rejects.toBe(error)
  expect(world.events).toEqual([])
})

test('an abort ends it before the next attempt', async () => {
  const world = new FakeWorld()
  const reason = new Error('stop')
  const work = async () => {
    world.abort.abort(reason)
    throw coded('ECONNREFUSED')
  }
  await expect(retry(work, options, world.ctx)).rejects.toBe(reason)
  await expect(retry(work, options, world.ctx)).rejects.toBe(reason)
})
