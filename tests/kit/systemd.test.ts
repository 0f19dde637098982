import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createLog } from '../../services/kit/log.ts'
import { Systemd } from '../../services/kit/systemd.ts'
import { startShop, until } from '../support/shop.ts'
import { type NotifySocket, notifySocket } from './notify-socket.ts'

let socket: NotifySocket

beforeEach(async () => {
  socket = await notifySocket()
})
afterEach(() => socket.close())

const log = createLog('test', 'silent')
const isReady = (line: string) => line.includes('READY=1')

describe('systemd', () => {
  it('is told that a process is ready, that it lives, and that it stops', async () => {
    const shop = await startShop(inject('cluster'), { services: [] })
    try {
      await shop.start('gateway', 1, { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '400000' })
      await until('it is told', () => socket.said().some(isReady) && socket.said().length > 4)
      await shop.stop('gateway', 'SIGTERM')
      const said = socket.said()
      expect(said.filter(isReady)).toHaveLength(1)
      expect(said.filter((line) => line.includes('WATCHDOG=1')).length).toBeGreaterThan(2)
      expect(said.at(-1)).toContain('STOPPING=1')
      expect(shop.log('gateway')).not.toContain('systemd was not told')
    } finally {
      await shop.close()
    }
  })

  it('is not told of readiness before it is so, and once only', async () => {
    const stop = new AbortController()
    let asked = 0
    const followed = new Systemd({ NOTIFY_SOCKET: socket.path }, log).follow(async () => ++asked > 3, stop.signal)
    await until('it was asked twice', () => asked > 1)
    expect(socket.said()).toEqual([])
    await until('it is ready', () => socket.said().some(isReady))
    await followed
    expect([socket.said().length, asked]).toEqual([1, 4])
    stop.abort()
  })

  it('is not spoken to where it does not listen, and what it does not hear stops nobody', async () => {
    const never = new AbortController().signal
    await new Systemd({}, log).follow(() => Promise.reject(new Error('asked')), never)
    const stop = new AbortController()
    const deaf = new Systemd({ NOTIFY_SOCKET: `${socket.path}-gone`, WATCHDOG_USEC: 50_000 }, log)
    let asked = 0
    const followed = deaf.follow(async () => ++asked > 0, stop.signal)
    await until('it is tried again', () => asked > 1)
    stop.abort()
    await followed
    await deaf.stopping()
    expect(socket.said()).toEqual([])
  })
})
