import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Lanes } from './lanes.ts'

const never = { network: 'here', signal: new AbortController().signal }

/** Work that ends when it is told to. */
function held() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { work: () => ended, end: () => end() }
}

describe('lanes', () => {
  it('run no more at a time than there are, in the order of arrival', async () => {
    const lanes = new Lanes({ lanes: 2, mostWaiting: 10, mostWaitingEach: 10, maxWaitMs: 1_000 })
    const order: number[] = []
    let running = 0
    let most = 0
    const work = async (number: number) => {
      most = Math.max(most, ++running)
      await setImmediate()
      order.push(number)
      running--
    }
    await Promise.all([0, 1, 2, 3, 4, 5, 6].map((number) => lanes.run(never, () => work(number))))
    expect(most).toBe(2)
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(lanes.usage()).toEqual({ running: 0, waiting: 0 })
  })

  it('turn away at once when the queue is full, and go on when it is not', async () => {
    const lanes = new Lanes({ lanes: 1, mostWaiting: 1, mostWaitingEach: 1, maxWaitMs: 1_000 })
    const first = held()
    const running = lanes.run(never, first.work)
    const waiting = lanes.run(never, async () => 'done')
    await expect(lanes.run(never, async () => 'late')).rejects.toMatchObject({ status: 503, code: 'busy' })
    first.end()
    await running
    expect(await waiting).toBe('done')
    expect(await lanes.run(never, async () => 'again')).toBe('again')
  })

  it('turn away who has waited too long', async () => {
    const lanes = new Lanes({ lanes: 1, mostWaiting: 1, mostWaitingEach: 1, maxWaitMs: 5 })
    const first = held()
    const running = lanes.run(never, first.work)
    await expect(lanes.run(never, async () => 'late')).rejects.toMatchObject({
      code: 'busy',
      headers: { 'retry-after': '2' },
    })
    first.end()
    await running
    expect(lanes.usage()).toEqual({ running: 0, waiting: 0 })
  })

  it('forget who has gone away, and give the lane to the next', async () => {
    const lanes = new Lanes({ lanes: 1, mostWaiting: 2, mostWaitingEach: 2, maxWaitMs: 1_000 })
    const first = held()
    const running = lanes.run(never, first.work)
    const leaving = new AbortController()
    const left = lanes.run({ network: 'here', signal: leaving.signal }, async () => 'never')
    const next = lanes.run(never, async () => 'next')
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: 'client-gone' })
    first.end()
    await running
    expect(await next).toBe('next')
  })

  it('free the lane when work fails', async () => {
    const lanes = new Lanes({ lanes: 1, mostWaiting: 1, mostWaitingEach: 1, maxWaitMs: 1_000 })
    await expect(lanes.run(never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await lanes.run(never, async () => 1)).toBe(1)
  })

  it('keep places of the queue for others when one network wants them all', async () => {
    const lanes = new Lanes({ lanes: 1, mostWaiting: 4, mostWaitingEach: 2, maxWaitMs: 1_000 })
    const from = (network: string) => lanes.run({ ...never, network }, async () => network)
    const first = held()
    const running = lanes.run(never, first.work)
    const flood = Array.from({ length: 5 }, () => from('flood'))
    const outcomes = Promise.allSettled(flood)
    const others = [from('ana'), from('bea')]
    expect(lanes.usage()).toEqual({ running: 1, waiting: 4 })
    await expect(from('carla')).rejects.toMatchObject({ code: 'busy' })
    first.end()
    await running
    expect(await Promise.all(others)).toEqual(['ana', 'bea'])
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      ...Array(3).fill('rejected'),
    ])
    expect(await from('flood')).toBe('flood')
  })

  it('count nobody twice who goes away or waits too long', async () => {
    const lanes = new Lanes({ lanes: 1, mostWaiting: 4, mostWaitingEach: 1, maxWaitMs: 5 })
    const first = held()
    const running = lanes.run(never, first.work)
    for (let round = 0; round < 3; round++) {
      const leaving = new AbortController()
      const left = lanes.run({ network: 'here', signal: leaving.signal }, async () => 'never')
      leaving.abort()
      await expect(left).rejects.toMatchObject({ code: 'client-gone' })
      await expect(lanes.run(never, async () => 'late')).rejects.toMatchObject({ code: 'busy' })
    }
    const [waits, refused] = [lanes.run(never, async () => 'waits'), lanes.run(never, async () => 'refused')]
    await expect(refused).rejects.toMatchObject({ code: 'busy' })
    first.end()
    await running
    expect(await waits).toBe('waits')
  })
})
