import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Lane } from './lane.ts'

it('lets in as many as it is wide, in the order in which they came', async () => {
  const lane = new Lane(2, 1_000)
  const began: number[] = []
  let inside = 0
  let most = 0
  const enter = (n: number) =>
    lane.run(async () => {
      began.push(n)
      most = Math.max(most, ++inside)
      await sleep(5)
      inside--
    })
  await Promise.all([0, 1, 2, 3, 4, 5].map(enter))
  expect(most).toBe(2)
  expect(began).toEqual([0, 1, 2, 3, 4, 5])
})

it('turns away who waits too long, and goes on', async () => {
  const lane = new Lane(1, 20)
  const first = lane.run(() => sleep(60))
  await expect(lane.run(async () => undefined)).rejects.toMatchObject({ status: 503 })
  await first
  await expect(lane.run(async () => 'in')).resolves.toBe('in')
})

it('gives its place back whatever is thrown inside', async () => {
  const lane = new Lane(1, 1_000)
  for (let n = 0; n < 3; n++) await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(lane.run(async () => 'in')).resolves.toBe('in')
})
