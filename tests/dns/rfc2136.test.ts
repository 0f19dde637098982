import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import { encodeName, encodeRecord } from '../../provisioners/dns/message/encode.ts'
import { ask, recordsOf } from '../../provisioners/dns/query/ask.ts'
import { dnsSecretsFrom } from '../../provisioners/dns/settings.ts'
import { BookstoreError } from '../../provisioners/engine/errors.ts'
import { ManualClock } from '../../provisioners/engine/testing/manual-clock.ts'
import { testContext } from './context.ts'
import { providerContract } from './contract.ts'
import { describeServers } from './describe-servers.ts'
import { type Knot, type KnotKey, newKey, startKnot } from './knot.ts'
import { ownAddress } from './process.ts'

describeServers('rfc2136', () => {
  const all = newKey('all.key')
  const challenges = newKey('challenges.key', ['_acme-challenge.shop.example'])
  const challenge = '_acme-challenge.shop.example'
  let knot: Knot

  beforeAll(async () => {
    knot = await startKnot([{ name: 'shop.example', records: ['@ NS ns1', 'ns1 A 192.0.2.1'] }], {
      keys: [all, challenges],
    })
  })

  afterAll(() => knot?.stop())

  function providerFor(key: KnotKey, { port = knot.port, transport = 'tcp' as 'tcp' | 'udp' } = {}) {
    const settings = { provider: 'rfc2136', server: knot.address, port, key: key.name, transport } as const
    return createProvider(settings, dnsSecretsFrom('rfc2136', { BOOKSTORE_DNS_TSIG_SECRET: key.secret }))
  }

  async function shown(name: string, type: 'TXT' | 'A' | 'AAAA' = 'TXT'): Promise<string[]> {
    const { answers } = await ask(knot, name, type, { signal: AbortSignal.timeout(10_000) })
    return recordsOf(answers, name, type)
      .map(({ value }) => value)
      .sort()
  }

  async function refusal(work: Promise<unknown>): Promise<BookstoreError> {
    const error = await work.then(
      () => new Error('it was accepted'),
      (reason) => reason,
    )
    if (error instanceof BookstoreError) return error
    throw error
  }

  for (const transport of ['tcp', 'udp'] as const) {
    providerContract(`rfc2136 over ${transport}`, async () => ({
      provider: await providerFor(all, { transport }),
      shown,
    }))
  }

  describe('a refusal says why in one sentence, without the secret:', () => {
    it('a wrong secret', async () => {
      const other = { ...all, secret: newKey('x').secret }
      const error = await refusal((await providerFor(other)).addTxt(challenge, 'x', testContext()))
      expect(error).toMatchObject({ code: 'dns-refused', hint: expect.stringContaining('BOOKSTORE_DNS_TSIG_SECRET') })
      expect(error.message).toContain('finds the secret of the key all.key wrong')
      expect(JSON.stringify([error, error.message, error.hint, error.details])).not.toContain(other.secret)
    })

    it('a key that the server does not know', async () => {
      const error = await refusal((await providerFor(newKey('nobody.key'))).addTxt(challenge, 'x', testContext()))
      expect(error).toMatchObject({ code: 'dns-refused' })
      expect(error.message).toContain('does not accept the key nobody.key for _acme-challenge.shop.example')
    })

    it('a name that the key may not change, while its own name works', async () => {
      const provider = await providerFor(challenges)
      await provider.addTxt(challenge, 'mine', testContext())
      expect(await shown(challenge)).toEqual(['mine'])
      await provider.removeTxt(challenge, 'mine', testContext())
      const error = await refusal(provider.addTxt('www.shop.example', 'x', testContext()))
      expect(error).toMatchObject({ code: 'dns-refused' })
      expect(error.message).toContain('challenges.key for www.shop.example')
      expect((await refusal(provider.setAddresses('shop.example', 'A', ['192.0.2.3'], testContext()))).code).toBe(
        'dns-refused',
      )
    })

    it('a clock that is an hour off', async () => {
      const ctx = testContext(new ManualClock({ start: Date.now() + 3_600_000 }))
      const error = await refusal((await providerFor(all)).addTxt(challenge, 'x', ctx))
      expect(error.code).toBe('clock-wrong')
      expect(error.message).toContain(`there it is ${new Date().toISOString().slice(0, 13)}`)
    })

    it('a server that is not there', async () => {
      const provider = await providerFor(all, { port: 5399 })
      const error = await refusal(provider.addTxt(challenge, 'x', testContext()))
      expect(error).toMatchObject({ code: 'dns-silent', fault: 'remote' })
      expect(error.message).toContain('nothing listens there')
    })
  })

  it('does not believe an answer that is not signed with the key', async () => {
    const liar = createSocket('udp4')
    const address = ownAddress()
    liar.on('message', (request, from) => {
      // Yes to everything: the same message with the bits of an authoritative answer, without its last record.
      const question = request.subarray(0, request.indexOf(Buffer.from([0, 6, 0, 1])) + 4)
      const answer = Buffer.from(question)
      answer.writeUInt8(request.readUInt8(2) | 0x84, 2)
      answer.fill(0, 6, 12)
      liar.send(request.readUInt8(2) >> 3 === 5 ? answer : soaAnswer(answer), from.port, from.address)
    })
    await new Promise<void>((resolve) => liar.bind(5300, address, resolve))
    try {
      const settings = { provider: 'rfc2136', server: address, port: 5300, key: all.name, transport: 'udp' } as const
      const secrets = dnsSecretsFrom('rfc2136', { BOOKSTORE_DNS_TSIG_SECRET: all.secret })
      const error = await refusal((await createProvider(settings, secrets)).addTxt('shop.example', 'x', testContext()))
      expect(error).toMatchObject({ code: 'dns-failed', message: expect.stringContaining('not signed') })
    } finally {
      liar.close()
    }
  })

  /** Answers the question with an SOA at the very name that was asked about. */
  function soaAnswer(question: Buffer): Buffer {
    const answer = Buffer.from(question)
    answer.writeUInt16BE(1, 6)
    const data = Buffer.concat([encodeName('ns.example'), encodeName('admin.example'), Buffer.alloc(20)])
    return Buffer.concat([answer, encodeRecord({ name: 'shop.example', type: 6, class: 1, ttl: 60, data })])
  }

  it('stops at once when it is told to', async () => {
    const stop = new AbortController()
    const reason = new Error('stop')
    const adding = (await providerFor(all)).addTxt(challenge, 'x', testContext(undefined, stop.signal))
    stop.abort(reason)
    await expect(adding).rejects.toBe(reason)
  })
})
