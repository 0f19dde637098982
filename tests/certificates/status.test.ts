import { createServer, type Server } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  certificateStatus,
  ensureCertificate,
  type KeptCertificate,
  type StatusRequest,
} from '../../provisioners/certificates/acme/index.ts'
import { newKey } from '../../provisioners/certificates/key-pair.ts'
import { testContext } from '../dns/context.ts'
import { describeServers } from '../dns/describe-servers.ts'
import { ownAddress } from '../dns/process.ts'
import { AheadClock, type Bench, day, newBench, startWorld, type World, zone } from './world.ts'

describeServers('status', () => {
  let world: World
  let bench: Bench
  let clock: AheadClock
  let server: Server | undefined
  let request: StatusRequest

  beforeAll(async () => {
    world = await startWorld()
  })

  afterAll(() => world?.stop())

  beforeEach(async () => {
    clock = new AheadClock()
    bench = await newBench(world, undefined, { names: [zone, `*.${zone}`, `www.${zone}`] })
    const { names, authority } = bench.request
    request = { names, authority, serving: [], trust: await world.pebble.root() }
  })

  afterEach(async () => {
    server?.close()
    await bench.remove()
  })

  const status = () => certificateStatus(request, bench.deps, testContext(clock))
  const codes = async () => (await status()).reasons.map(({ code, grave }) => (grave ? code : `(${code})`))

  async function issued(): Promise<KeptCertificate> {
    const { certificate } = await ensureCertificate(bench.request, bench.deps, testContext(clock))
    if (!certificate) throw new Error('nothing was issued')
    return certificate
  }

  /** A node of the site, which shows this certificate. */
  async function serve({ chain, key }: { chain: string; key: string }): Promise<void> {
    const address = ownAddress()
    server?.close()
    const listening = createServer({ cert: chain, key })
    server = listening
    await new Promise<void>((resolve) => listening.listen(8443, address, resolve))
    request.serving = [{ address, port: 8443 }]
  }

  it('holds when what is kept is what is shown, to clients who believe it, in time', async () => {
    const certificate = await issued()
    await serve({ chain: certificate.chain, key: certificate.key.reveal() })
    const found = await status()
    expect(found).toMatchObject({ holds: true, reasons: [], file: { fingerprint: certificate.fingerprint } })
    expect(found.served.map(({ name, refused }) => [name, refused])).toEqual([
      [zone, undefined],
      [`www.${zone}`, undefined],
    ])
    expect(Math.abs(found.clock.authoritySkewMs ?? Number.NaN)).toBeLessThan(60_000)
    expect(JSON.stringify(found)).not.toContain('PRIVATE KEY')
  })

  it('is without a certificate before the first one', async () => {
    expect(await codes()).toEqual(['no-certificate'])
  })

  it('tells a node that shows another certificate, and one that shows none', async () => {
    const old = await issued()
    await serve({ chain: old.chain, key: old.key.reveal() })
    bench.request.force = true
    await issued()
    const [alive] = request.serving
    request.serving = [{ address: '127.0.0.1', port: 1 }, ...(alive ? [alive] : [])]
    expect(await codes()).toEqual(['not-served', 'not-served', 'served-differs', 'served-differs'])
    expect((await status()).reasons[0]?.text).toBe('nobody shakes hands at 127.0.0.1:1 for shop.test: ECONNREFUSED')
  })

  it('tells what clients would not believe', async () => {
    const certificate = await issued()
    await serve({ chain: certificate.chain, key: certificate.key.reveal() })
    delete request.trust
    expect(await codes()).toEqual(['refused', 'refused'])
    request.trust = await world.pebble.root()
    request.names = [zone, 'other.test']
    const { reasons } = await status()
    expect(reasons.map(({ code }) => code)).toEqual(['names-missing', 'refused', 'renewal-due'])
    expect(reasons[1]?.text).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('is calm when a renewal is due, and cries in time when it does not come', async () => {
    const { notBefore, notAfter } = await issued()
    const life = notAfter.getTime() - notBefore.getTime()
    // A clock that is off is a reason of its own; here it is only the means to travel.
    const later = async (part: number) => {
      clock.aheadMs = part * life
      return (await codes()).filter((code) => code !== 'clock-wrong')
    }
    expect(await later(0.6)).toEqual([])
    expect(await later(0.7)).toEqual(['(renewal-due)'])
    expect(await later(0.76)).toEqual(['renewal-late'])
    expect(await later(1.01)).toEqual(['expired', '(renewal-due)'])
  })

  it('shows that tries have failed, and what the last one said', async () => {
    await issued()
    const failure = { count: 3, at: clock.now().toISOString(), code: 'dns-refused', message: 'The key is gone.' }
    await bench.store.saveDiary({ failure })
    const found = await status()
    expect(found).toMatchObject({ holds: true, renewal: { failure } })
    expect(found.reasons).toMatchObject([
      { text: 'the last 3 tries to renew it failed: The key is gone.', grave: false },
    ])
    expect(found.renewal.nextAttempt).toBe(new Date(Date.parse(failure.at) + 6_000_000).toISOString())
  })

  it('finds a clock that is wrong, and goes without the authority', async () => {
    await issued()
    clock.aheadMs = -3_600_000
    expect(await codes()).toEqual(['not-yet-valid', 'clock-wrong'])
    clock.aheadMs = day
    request.authority = { ...request.authority, directory: `https://${ownAddress()}:1/dir` }
    expect(await codes()).toEqual(['(renewal-due)', '(authority-silent)'])
  })

  it('does not take a certificate whose key does not fit for one', async () => {
    const { chain, authority } = await issued()
    const { Secret } = await import('../../provisioners/engine/secret.ts')
    await bench.store.keep({ chain, authority, key: new Secret(newKey()) }).catch(() => {})
    expect(await codes()).toEqual([])
  })
})
