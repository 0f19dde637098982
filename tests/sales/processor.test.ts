import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { Secret } from '../../services/kit/secret.ts'
import { signatureHeader, verifySignature } from '../../services/kit/signature.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'

interface Heard {
  header: unknown
  body: Buffer
  event: { id: string; type: string; key: string }
}

let shop: TestShop
let ear: Server
const heard: Heard[] = []
/** What the ear answers, one after the other; then 204. */
let answers: number[] = []

async function listenTo(message: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  heard.push({ header: message.headers[signatureHeader], body, event: JSON.parse(body.toString()) })
}

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['payments'],
    env: { payments: { BOOKSTORE_PAYMENTS_SLOW_MS: '300', BOOKSTORE_PAYMENTS_LATE_MS: '200' } },
  })
  ear = createServer((request, response) => {
    listenTo(request).then(() => response.writeHead(answers.shift() ?? 204).end())
  })
  await new Promise<void>((resolve) => ear.listen(shop.socket('sales', 1, true), resolve))
})
beforeEach(() => {
  answers = []
})
afterAll(async () => {
  ear?.closeAllConnections()
  ear?.close()
  await shop?.close()
})

const bodyOf = (token: string, more: object = {}) => ({ amount: 990, currency: 'USD', token, reference: 'o', ...more })
const charge = (key: string, body: object) =>
  shop.request('payments', 'POST', '/charges', { body, headers: { 'idempotency-key': key } })
const find = (key: string) => shop.request('payments', 'GET', `/charges/${key}`)
const refund = (key: string) => shop.request('payments', 'POST', `/charges/${key}/refund`)
const ledger = async () => (await shop.request('payments', 'GET', '/ledger?currency=USD', { internal: true })).body
const eventsOf = (key: string) => heard.filter(({ event }) => event.key === key)

describe('a charge', () => {
  it('moves money once for a key, and not for another body', async () => {
    const before = await ledger()
    const key = randomUUID()
    const replies = await Promise.all(Array.from({ length: 20 }, () => charge(key, bodyOf('tok_ok'))))
    for (const reply of replies) expect(reply).toMatchObject({ status: 201, body: { status: 'succeeded', key } })
    expect((await ledger()).balance - before.balance).toBe(990)
    for (const other of [{ amount: 991 }, { currency: 'EUR' }, { token: 'tok_lost' }, { reference: 'p' }]) {
      const reply = await charge(key, bodyOf('tok_ok', other))
      expect(reply).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
    }
    expect(JSON.stringify((await find(key)).body)).not.toContain('tok_')
  })

  it('that is declined stays so', async () => {
    const key = randomUUID()
    for (let n = 0; n < 2; n++) {
      const reply = await charge(key, bodyOf('tok_declined'))
      expect(reply).toMatchObject({ status: 402, body: { code: 'card-declined', reason: 'insufficient-funds' } })
    }
    expect((await charge(randomUUID(), bodyOf('constructor'))).body.reason).toBe('unknown-token')
    expect(await find(key)).toMatchObject({ status: 200, body: { status: 'declined' } })
    expect(await refund(key)).toMatchObject({ status: 409, body: { code: 'not-charged' } })
  })

  it('whose answer is lost has moved the money', async () => {
    const key = randomUUID()
    await expect(charge(key, bodyOf('tok_lost'))).rejects.toThrow()
    expect(await find(key)).toMatchObject({ status: 200, body: { status: 'succeeded' } })
  })

  it('that is slow is not there until it is', async () => {
    const key = randomUUID()
    const answer = charge(key, bodyOf('tok_slow'))
    expect((await find(key)).status).toBe(404)
    expect((await answer).status).toBe(201)
    expect((await find(key)).status).toBe(200)
  })

  it('is refunded once', async () => {
    const before = await ledger()
    const key = randomUUID()
    await charge(key, bodyOf('tok_ok'))
    const refunds = await Promise.all(Array.from({ length: 10 }, () => refund(key)))
    for (const reply of refunds) expect(reply).toMatchObject({ status: 200, body: { status: 'refunded' } })
    expect(await ledger()).toMatchObject({ balance: before.balance, refunded: before.refunded + 990 })
    expect((await refund(randomUUID())).status).toBe(404)
    await until('both events came', () => eventsOf(key).length === 2)
    expect(new Set(eventsOf(key).map(({ event }) => event.type))).toEqual(
      new Set(['charge.succeeded', 'charge.refunded']),
    )
  })

  it.each([
    [{ amount: -1 }, 'amount'],
    [{ amount: 1.5 }, 'amount'],
    [{ currency: 'usd' }, 'currency'],
    [{ token: '' }, 'token'],
    [{ card: '4111' }, 'card'],
  ])('with %j is refused', async (more, field) => {
    const reply = await charge(randomUUID(), bodyOf('tok_ok', more))
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field }] } })
    expect((await charge('', bodyOf('tok_ok'))).body.code).toBe('idempotency-key-missing')
  })

  it('is listed, oldest first, each once', async () => {
    const reference = randomUUID()
    const keys = Array.from({ length: 5 }, () => randomUUID())
    for (const key of keys) await charge(key, bodyOf('tok_ok', { reference }))
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const path: string = `/charges?reference=${reference}&limit=2${next === '' ? '' : `&cursor=${next}`}`
      const { body } = await shop.request('payments', 'GET', path)
      seen.push(...body.items.map(({ key }: { key: string }) => key))
      next = body.next
    }
    expect(seen).toEqual(keys)
  })
})

describe('its webhook', () => {
  it('is signed, and comes again until it is taken', async () => {
    const key = randomUUID()
    answers = [500, 401]
    await charge(key, bodyOf('tok_ok'))
    await until('it came three times', () => eventsOf(key).length === 3)
    const secret = new Secret(await readFile(`${shop.folder}/credentials/payments/webhook-secret`, 'utf8'))
    for (const { header, body } of eventsOf(key)) verifySignature(secret, header, body)
    expect(new Set(eventsOf(key).map(({ event }) => event.id)).size).toBe(1)
  })

  it('of tok_twice comes twice, late, the same event', async () => {
    const key = randomUUID()
    await charge(key, bodyOf('tok_twice'))
    expect(eventsOf(key)).toEqual([])
    await until('it came twice', () => eventsOf(key).length === 2)
    expect(new Set(eventsOf(key).map(({ event }) => event.id)).size).toBe(1)
  })

  it('survives a kill', async () => {
    const key = randomUUID()
    await charge(key, bodyOf('tok_twice'))
    await shop.stop('payments', 'SIGKILL')
    await shop.start('payments')
    await until('it came', () => eventsOf(key).length === 2)
  })
})
