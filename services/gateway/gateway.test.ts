import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as after } from 'node:timers/promises'
import { request } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { drain, listen } from '../kit/listen.ts'
import { createLog } from '../kit/log.ts'
import { createMetrics } from '../kit/metrics.ts'
import { createGateway } from './gateway.ts'
import { gatewayMetrics } from './metrics.ts'
import { type Patience, Upstream } from './upstream.ts'

const open: { server: Server; upstream: Upstream }[] = []

afterEach(async () => {
  for (const { server, upstream } of open.splice(0)) {
    await upstream.close()
    await drain(server, 50)
  }
})

const loopback = { host: '127.0.0.1', port: 0 }
const portOf = (server: Server) => (server.address() as AddressInfo).port

/** A gateway in front of one service, and its origin. */
async function gatewayTo(port: number, patience: Patience): Promise<string> {
  const upstream = new Upstream(
    { name: 'slow', bodyLimit: 1e6, mostInFlight: 4 },
    { host: '127.0.0.1', port },
    patience,
  )
  const upstreams = new Map([['slow', upstream]])
  const metrics = gatewayMetrics(createMetrics('gateway'), upstreams)
  const server = await listen(createGateway({ upstreams, log: createLog('test', 'silent'), metrics }), loopback)
  open.push({ server, upstream })
  return `http://127.0.0.1:${portOf(server)}`
}

async function serviceThat(answer: RequestListener): Promise<{ port: number; server: Server }> {
  const server = await listen(answer, loopback)
  return { port: portOf(server), server }
}

const patience = { connectMs: 100, answerMs: 150 }

describe('a slow service', () => {
  it('is waited for only so long', async () => {
    let left = 0
    const { port, server } = await serviceThat((_, response) => void response.once('close', () => left++))
    const origin = await gatewayTo(port, patience)
    for (const method of ['GET', 'POST'] as const) {
      const reply = await request(`${origin}/api/slow/x`, { method, body: method === 'POST' ? 'x' : null })
      expect(reply.statusCode).toBe(504)
      expect(await reply.body.json()).toMatchObject({ code: 'timeout', status: 504 })
    }
    await expect.poll(() => left).toBe(2)
    await drain(server, 50)
  })

  it('that stops in the middle of its answer breaks it off', async () => {
    const { port, server } = await serviceThat((_, response) => void response.write('half'))
    const reply = await request(`${await gatewayTo(port, patience)}/api/slow/x`)
    expect(reply.statusCode).toBe(200)
    await expect(reply.body.text()).rejects.toThrow()
    await drain(server, 50)
  })
})

describe('a slow client', () => {
  it('has all the time in which it goes on sending', async () => {
    const { port, server } = await serviceThat((asked, response) => {
      asked.resume().once('end', () => response.end('all of it'))
    })
    async function* slowly() {
      for (let part = 0; part < 6; part++) {
        await after(60)
        yield Buffer.from('part ')
      }
    }
    const reply = await request(`${await gatewayTo(port, patience)}/api/slow/x`, {
      method: 'PUT',
      body: Readable.from(slowly()),
    })
    expect(await reply.body.text()).toBe('all of it')
    await drain(server, 50)
  })

  it('that reads slowly makes the service wait, not the gateway remember', async () => {
    let written = 0
    const part = Buffer.alloc(256 * 1024)
    const { port, server } = await serviceThat((_, response) => {
      const more = () => {
        while (written < 400) {
          written++
          if (!response.write(part)) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    })
    const reply = await request(`${await gatewayTo(port, { connectMs: 100, answerMs: 60_000 })}/api/slow/x`)
    const before = await steady(() => written)
    expect(before).toBeLessThan(200)
    let size = 0
    for await (const bytes of reply.body) size += bytes.length
    expect(size).toBe(400 * part.length)
    await drain(server, 50)
  })
})

/** The value once it has stayed the same for a while. */
async function steady(value: () => number): Promise<number> {
  for (let last = -1; ; last = value()) {
    await after(100)
    if (value() === last) return last
  }
}
