import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

test('sleeps for as long as it is told', async () => {
  const before = systemClock.now().getTime()
  await systemClock.sleep(20)
  expect(systemClock.now().getTime() - before).toBeGreaterThanOrEqual(18)
})

test('an abort ends the sleep at once, with its reason', async () => {
  const stop = new AbortController()
  const reason = new Error('stop')
  const sleep = systemClock.sleep(60_000, stop.signal)
  stop.abort(reason)
  await expect(sleep).rejects.toBe(reason)
  await expect(systemClock.sleep(60_000, stop.signal)).rejects.toBe(reason)
})
