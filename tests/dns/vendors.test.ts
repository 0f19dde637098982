import { afterEach, describe, expect, it } from 'vitest'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import type { AddressType, DnsProvider } from '../../provisioners/dns/provider.ts'
import { type DnsSettings, dnsSecretsFrom } from '../../provisioners/dns/settings.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { ManualClock } from '../../provisioners/engine/testing/manual-clock.ts'
import { testContext } from './context.ts'
import { providerContract } from './contract.ts'
import { cloudflareToken, startCloudflare } from './vendors/cloudflare.ts'
import { godaddyKey, godaddySecret, startGodaddy } from './vendors/godaddy.ts'
import { awsKeyId, awsSecret, failure, startRoute53 } from './vendors/route53.ts'
import type { Vendor } from './vendors/server.ts'

const environment = {
  CLOUDFLARE_API_TOKEN: cloudflareToken,
  GODADDY_API_KEY: godaddyKey,
  GODADDY_API_SECRET: godaddySecret,
  AWS_ACCESS_KEY_ID: awsKeyId,
  AWS_SECRET_ACCESS_KEY: awsSecret,
}
const challenge = '_acme-challenge.shop.example'
const started: Vendor[] = []

afterEach(async () => {
  for (const vendor of started.splice(0)) await vendor.stop()
})

function kept<T extends Vendor>(vendor: T): T {
  started.push(vendor)
  return vendor
}

type Provider = 'cloudflare' | 'godaddy' | 'route53'

function providerAt(provider: Provider, vendor: Vendor, secrets: Record<string, string> = environment) {
  const settings: DnsSettings = { provider, endpoint: vendor.endpoint }
  return createProvider(settings, dnsSecretsFrom(provider, secrets))
}

async function cloudflare() {
  const vendor = kept(await startCloudflare('shop.example'))
  const shown = (name: string, type: string) =>
    vendor.records
      .filter((record) => record.name === name && record.type === type)
      .map(({ content }) => content.replaceAll('"', ''))
      .sort()
  return { vendor, shown, provider: await providerAt('cloudflare', vendor) }
}

async function godaddy() {
  const vendor = kept(await startGodaddy('shop.example'))
  const shown = (name: string, type: string) => {
    const relative = name === 'shop.example' ? '@' : name.replace('.shop.example', '')
    return (vendor.sets.get(`${type} ${relative}`) ?? []).map(({ data }) => data).sort()
  }
  return { vendor, shown, provider: await providerAt('godaddy', vendor) }
}

async function route53() {
  const vendor = kept(await startRoute53('shop.example'))
  const shown = (name: string, type: 'TXT' | AddressType) =>
    (vendor.sets.get(`${type} ${name}.`)?.values ?? []).map((value) => value.replaceAll('"', '')).sort()
  return { vendor, shown, provider: await providerAt('route53', vendor) }
}

const all = { cloudflare, godaddy, route53 }
for (const [name, make] of Object.entries(all)) providerContract(name, make)

/** A clock that does not make us wait. */
const quick = () => testContext(new ManualClock({ jumps: true, start: systemClock.now().getTime() }))

async function refusal(work: Promise<unknown>) {
  return work.then(
    () => expect.unreachable('it was accepted'),
    (error) => error,
  )
}

describe.each(['cloudflare', 'godaddy', 'route53'] as const)('%s on a bad day', (name) => {
  it('refuses a stranger, and we say so without showing a secret', async () => {
    const { vendor } = await all[name]()
    const wrong = Object.fromEntries(Object.keys(environment).map((key) => [key, `WRONG-${key}`]))
    const error = await refusal((await providerAt(name, vendor, wrong)).addTxt(challenge, 'x', quick()))
    expect(error).toMatchObject({ code: 'dns-refused', fault: 'user', hint: expect.any(String) })
    expect(JSON.stringify([error, error.message, error.hint, error.details])).not.toContain('WRONG')
  })

  it('breaks the connection when the work is done: it is done once', async () => {
    const { vendor, provider, shown } = await all[name]()
    await provider.addTxt(challenge, 'one', quick())
    vendor.breakNextWrite = true
    await provider.addTxt(challenge, 'two', quick())
    expect(await shown(challenge, 'TXT')).toEqual(['one', 'two'])
    vendor.breakNextWrite = true
    await provider.removeTxt(challenge, 'one', quick())
    expect(await shown(challenge, 'TXT')).toEqual(['two'])
    expect(vendor.breakNextWrite).toBe(false)
  })

  it('is not there: one sentence', async () => {
    const { vendor, provider } = await all[name]()
    await vendor.stop()
    expect(await refusal(provider.addTxt(challenge, 'x', quick()))).toMatchObject({ code: 'dns-unreachable' })
  })
})

describe.each(['cloudflare', 'godaddy'] as const)('%s and its limits', (name) => {
  const busy = (seconds: number) => ({
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: { code: 'TOO_MANY_REQUESTS', message: 'Too many requests', retryAfterSec: seconds, errors: [] },
  })

  it('a short wait is waited for, visibly', async () => {
    const { vendor, provider, shown } = await all[name]()
    vendor.next.push(busy(30))
    const clock = new ManualClock({ jumps: true })
    const ctx = testContext(clock)
    await provider.addTxt(challenge, 'one', ctx)
    expect(await shown(challenge, 'TXT')).toEqual(['one'])
    expect(clock.slept).toContain(30_000)
    expect(ctx.events).toContainEqual({ type: 'waiting', for: `${name} to take requests again`, forMs: 30_000 })
  })

  it('a long wait is an error that says until when', async () => {
    const { vendor, provider } = await all[name]()
    vendor.next.push(busy(3_600))
    const clock = new ManualClock()
    const error = await refusal(provider.addTxt(challenge, 'one', testContext(clock)))
    const retryAt = new Date(clock.now().getTime() + 3_600_000).toISOString()
    expect(error).toMatchObject({ code: 'rate-limited', fault: 'remote', details: { retryAt } })
    expect(error.message).toContain(retryAt)
  })

  it('an overload is tried again', async () => {
    const { vendor, provider, shown } = await all[name]()
    vendor.next.push({ status: 503 }, { status: 502 })
    const ctx = quick()
    await provider.addTxt(challenge, 'one', ctx)
    expect(await shown(challenge, 'TXT')).toEqual(['one'])
    expect(ctx.events.map((event) => event.type === 'retry' && event.code)).toEqual(['503', '502'])
  })
})

describe('cloudflare', () => {
  it('says what is wrong when a CNAME is in the way', async () => {
    const { vendor, provider } = await cloudflare()
    vendor.records.push({ id: 'x', name: challenge, type: 'CNAME', content: 'elsewhere.example', ttl: 60 })
    const error = await refusal(provider.addTxt(challenge, 'one', quick()))
    expect(error).toMatchObject({ code: 'dns-failed', details: { vendorCode: '81053' } })
  })

  it('takes a record that came from a lost answer for its own', async () => {
    const { vendor, provider } = await cloudflare()
    vendor.breakNextWrite = true
    await provider.addTxt(challenge, 'one', quick())
    expect(vendor.records).toHaveLength(1)
  })
})

describe('godaddy', () => {
  it('tells an account that may not use the interface what else there is', async () => {
    const { vendor, provider } = await godaddy()
    const body = { code: 'ACCESS_DENIED', message: 'Authenticated user is not allowed access' }
    vendor.next.push({ status: 403, body })
    const error = await refusal(provider.addTxt(challenge, 'one', quick()))
    expect(error).toMatchObject({ code: 'dns-refused', hint: expect.stringContaining('CNAME') })
  })

  it('keeps the TTL of what stood there', async () => {
    const { vendor, provider } = await godaddy()
    vendor.sets.set('TXT _acme-challenge', [{ data: 'other', ttl: 3600 }])
    await provider.addTxt(challenge, 'one', quick())
    expect(vendor.sets.get('TXT _acme-challenge')).toEqual([
      { data: 'other', ttl: 3600 },
      { data: 'one', ttl: 600 },
    ])
  })
})

describe('route53', () => {
  it('waits until all servers have a change', async () => {
    const { vendor, provider } = await route53()
    vendor.pending = 3
    const clock = new ManualClock({ jumps: true, start: Date.now() })
    await provider.addTxt(challenge, 'one', testContext(clock))
    expect(vendor.asked.filter((asked) => asked.startsWith('GET /2013-04-01/change/'))).toHaveLength(4)
    expect(clock.slept).toEqual([2_000, 2_000, 2_000])
  })

  it('loses no value when somebody else writes in between', async () => {
    const { vendor, provider, shown } = await route53()
    await provider.addTxt(challenge, 'one', quick())
    const set = vendor.sets.get(`TXT ${challenge}.`)
    vendor.meanwhile = () =>
      set && vendor.sets.set(`TXT ${challenge}.`, { ...set, values: [...set.values, '"theirs"'] })
    await provider.addTxt(challenge, 'two', quick())
    expect(await shown(challenge, 'TXT')).toEqual(['one', 'theirs', 'two'])
    vendor.meanwhile = () => void vendor.sets.delete(`TXT ${challenge}.`)
    await provider.removeTxt(challenge, 'theirs', quick())
    expect(await shown(challenge, 'TXT')).toEqual([])
  })

  it('is patient when it is throttled or busy', async () => {
    const { vendor, provider, shown } = await route53()
    vendor.next.push(failure(400, 'Throttling', 'Rate exceeded'), failure(400, 'PriorRequestNotComplete', 'Busy'))
    const ctx = quick()
    await provider.addTxt(challenge, 'one', ctx)
    expect(await shown(challenge, 'TXT')).toEqual(['one'])
    expect(ctx.events.map((event) => event.type === 'retry' && event.code)).toEqual([
      'Throttling',
      'PriorRequestNotComplete',
    ])
  })

  it('passes private zones by, and asks which of two public ones', async () => {
    const { vendor } = await route53()
    vendor.zones.unshift({ id: 'Z0', name: 'shop.example', private: true })
    await (await providerAt('route53', vendor)).addTxt(challenge, 'one', quick())
    expect(vendor.asked.filter((asked) => asked.startsWith('POST'))).toEqual(['POST /2013-04-01/hostedzone/Z1/rrset'])
    vendor.zones.push({ id: 'Z2', name: 'shop.example' })
    const error = await refusal((await providerAt('route53', vendor)).addTxt(challenge, 'one', quick()))
    expect(error).toMatchObject({ code: 'zone-ambiguous', message: expect.stringContaining('Z1, Z2') })
    const settings = { provider: 'route53', endpoint: vendor.endpoint, hostedZone: 'Z2' } as const
    const provider: DnsProvider = await createProvider(settings, dnsSecretsFrom('route53', environment))
    await provider.addTxt(challenge, 'two', quick())
    expect(vendor.asked).toContain('POST /2013-04-01/hostedzone/Z2/rrset')
  })

  it('replaces an alias by addresses, and leaves routing policies alone', async () => {
    const { vendor, provider, shown } = await route53()
    const alias =
      '<AliasTarget><HostedZoneId>ZALB</HostedZoneId><DNSName>lb.example.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>'
    vendor.sets.set('A shop.example.', { ttl: '', values: [], extra: alias })
    expect(await provider.addresses('shop.example', 'A', quick())).toEqual([])
    await provider.setAddresses('shop.example', 'A', ['192.0.2.1'], quick())
    expect(await shown('shop.example', 'A')).toEqual(['192.0.2.1'])
    const weighted =
      '<SetIdentifier>one</SetIdentifier><Weight>1</Weight><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>'
    vendor.sets.set('A www.shop.example.', { ttl: '', values: [], extra: weighted })
    const error = await refusal(provider.setAddresses('www.shop.example', 'A', ['192.0.2.1'], quick()))
    expect(error.message).toContain('routing policy')
  })
})
