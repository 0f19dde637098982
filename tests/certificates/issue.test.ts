import { X509Certificate } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureCertificate, servedFiles } from '../../provisioners/certificates/acme/index.ts'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import type { DnsProvider } from '../../provisioners/dns/provider.ts'
import { dnsSecretsFrom } from '../../provisioners/dns/settings.ts'
import { testContext } from '../dns/context.ts'
import { describeServers } from '../dns/describe-servers.ts'
import { godaddyKey, godaddySecret, startGodaddy } from '../dns/vendors/godaddy.ts'
import { behindFront } from './behind-front.ts'
import { type Pebble, startPebble } from './pebble.ts'
import { type Bench, failureOf, newBench, startWorld, txtAt, watched, zone } from './world.ts'

describeServers('issuing', () => {
  let bench: Bench
  let seen: string[]

  const site = behindFront()

  beforeEach(async () => {
    site.front.passed.length = 0
    seen = []
    bench = await newBench(site.world, site.front)
    bench.deps.provider = watched(site.world.provider, seen)
  })

  afterEach(() => bench.remove())

  const challenge = `_acme-challenge.${zone}`
  const orders = () => site.front.passed.filter((passed) => passed === 'POST /order-plz')

  async function everyFile(folder: string): Promise<string[]> {
    const found = await readdir(folder, { recursive: true, withFileTypes: true })
    return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  }

  describe('a certificate', () => {
    it('is issued for the domain and its aliases together, and everything is tidied up', async () => {
      const names = [zone, `www.${zone}`, `tienda.${zone}`]
      const ctx = testContext()
      const ensured = await ensureCertificate({ ...bench.request, names }, bench.deps, ctx)
      const { changed, certificate, because } = ensured
      for (const secret of ['PRIVATE KEY', site.world.key.secret]) {
        expect(JSON.stringify([ensured, ctx.events])).not.toContain(secret)
      }
      expect({ changed, because }).toEqual({ changed: true, because: 'there was none' })
      expect(certificate?.names.toSorted()).toEqual([zone, `tienda.${zone}`, `www.${zone}`])
      const files = servedFiles(bench.folder)
      const leaf = new X509Certificate(await readFile(files.certificate, 'utf8'))
      expect(leaf.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(certificate?.fingerprint)
      for (const name of names) expect(await txtAt(site.world, `_acme-challenge.${name}`)).toEqual([])
      expect(await bench.store.orders()).toEqual([])
      for (const file of await everyFile(bench.folder))
        expect([file, (await stat(file)).mode & 0o077]).toEqual([file, 0])
    })

    it('that stands and is good is left alone, without asking anybody to sign', async () => {
      const first = await ensureCertificate(bench.request, bench.deps, testContext())
      const asked = site.front.passed.length
      const second = await ensureCertificate(bench.request, bench.deps, testContext())
      expect(second).toMatchObject({ changed: false, because: expect.stringMatching(/^not due before 20/) })
      expect(second.certificate?.id).toBe(first.certificate?.id)
      expect(site.front.passed.slice(asked).filter((passed) => passed.startsWith('POST'))).toEqual([])
    })

    it('is ordered anew when it is forced, and when a name is missing, with another key each time', async () => {
      const first = await ensureCertificate(bench.request, bench.deps, testContext())
      const forced = await ensureCertificate({ ...bench.request, force: true }, bench.deps, testContext())
      const more = { ...bench.request, names: [zone, `www.${zone}`] }
      const third = await ensureCertificate(more, bench.deps, testContext())
      expect([forced.because, third.because]).toEqual(['you asked for it', `www.${zone} was not on the old one`])
      const keys = [first, forced, third].map(({ certificate }) => certificate?.key.reveal())
      expect(new Set(keys).size).toBe(3)
      const accounts = await everyFile(join(bench.folder, 'accounts'))
      expect(accounts).toHaveLength(1)
    })

    it('for the domain and all below it needs two values at one name', async () => {
      const request = { ...bench.request, names: [zone, `*.${zone}`] }
      const { certificate } = await ensureCertificate(request, bench.deps, testContext())
      expect(certificate?.names.toSorted()).toEqual([`*.${zone}`, zone])
      const added = seen.filter((it) => it.startsWith(`add ${challenge} `))
      expect(new Set(added).size).toBe(2)
      expect(seen.indexOf(seen.find((it) => it.startsWith('remove')) ?? '')).toBe(2)
      expect(await txtAt(site.world)).toEqual([])
    })

    it('for the domain and all below it, by a provider that keeps one record set a name', async () => {
      const vendor = await startGodaddy(zone)
      try {
        const settings = { provider: 'godaddy', endpoint: vendor.endpoint } as const
        const environment = { GODADDY_API_KEY: godaddyKey, GODADDY_API_SECRET: godaddySecret }
        const provider = await createProvider(settings, dnsSecretsFrom('godaddy', environment))
        const mirror = async (ctx: Parameters<DnsProvider['addTxt']>[2]) => {
          const wanted = (vendor.sets.get('TXT _acme-challenge') ?? []).map(({ data }) => data)
          const standing = await txtAt(site.world)
          for (const value of wanted) await site.world.provider.addTxt(challenge, value, ctx)
          for (const value of standing)
            if (!wanted.includes(value)) await site.world.provider.removeTxt(challenge, value, ctx)
        }
        const mirrored: DnsProvider = {
          ...provider,
          addTxt: (name, value, ctx) => provider.addTxt(name, value, ctx).then(() => mirror(ctx)),
          removeTxt: (name, value, ctx) => provider.removeTxt(name, value, ctx).then(() => mirror(ctx)),
        }
        const request = { ...bench.request, names: [zone, `*.${zone}`] }
        const { certificate } = await ensureCertificate(request, { ...bench.deps, provider: mirrored }, testContext())
        expect(certificate?.names).toHaveLength(2)
        expect(vendor.sets.size).toBe(0)
      } finally {
        await vendor.stop()
      }
    })

    it('whose challenge is delegated is proven where the CNAME leads', async () => {
      const request = { ...bench.request, names: [`delegated.${zone}`, `*.delegated.${zone}`] }
      await ensureCertificate(request, bench.deps, testContext())
      expect(seen.map((it) => it.split(' ').slice(0, 2).join(' '))).toEqual([
        'add delegated.challenges.test',
        'add delegated.challenges.test',
        'remove delegated.challenges.test',
        'remove delegated.challenges.test',
      ])
    })

    it('is ordered once, however many ask at the same time', async () => {
      const all = await Promise.all(
        Array.from({ length: 4 }, () => ensureCertificate(bench.request, bench.deps, testContext())),
      )
      expect(new Set(all.map(({ certificate }) => certificate?.id)).size).toBe(1)
      expect(all.every(({ changed }) => changed)).toBe(true)
      expect(orders()).toHaveLength(1)
    })
  })

  describe('staging first', () => {
    let staging: Pebble

    beforeAll(async () => {
      staging = await startPebble({ dns: site.world.resolver })
    })

    afterAll(() => staging?.stop())

    const trying = () => ({ ...bench.request, staging: { directory: staging.directory, ca: staging.ca } })

    it('orders at both, with accounts of their own, and keeps what the real one signed', async () => {
      const { certificate } = await ensureCertificate(trying(), bench.deps, testContext())
      expect(certificate?.x509.verify(new X509Certificate(await site.world.pebble.root()).publicKey)).toBe(false)
      expect(certificate?.authority).toBe(site.front.directory)
      const [one, other] = await Promise.all(
        [site.front, staging].map(({ directory }) => bench.store.account(directory)),
      )
      expect(one?.key.reveal()).not.toBe(other?.key.reveal())
      expect(await bench.store.orders()).toEqual([])
    })

    it('asks nothing of the real one when it fails', async () => {
      const empty = await startWorld()
      const request = { ...bench.request, staging: { directory: empty.pebble.directory, ca: empty.pebble.ca } }
      try {
        const error = await failureOf(ensureCertificate(request, bench.deps, testContext()))
        expect(error).toMatchObject({ code: 'challenge-failed' })
        expect(site.front.passed).toEqual([])
        expect(await txtAt(site.world)).toEqual([])
      } finally {
        await empty.stop()
      }
    })
  })

  describe('an account', () => {
    it('is not opened before the terms are agreed to', async () => {
      const request = { ...bench.request, termsAgreed: false }
      const error = await failureOf(ensureCertificate(request, bench.deps, testContext()))
      expect(error).toMatchObject({ code: 'terms-not-agreed', message: expect.stringContaining('data:text/plain') })
      expect(site.front.passed).not.toContain('POST /sign-me-up')
    })

    it('gets another e-mail address when the operator has one', async () => {
      await ensureCertificate({ ...bench.request, contact: 'one@shop.test' }, bench.deps, testContext())
      const request = { ...bench.request, contact: 'other@shop.test', force: true }
      await ensureCertificate(request, bench.deps, testContext())
      expect(site.front.passed.filter((passed) => passed === 'POST /sign-me-up')).toHaveLength(1)
      expect(await bench.store.account(site.front.directory)).toMatchObject({ contact: 'other@shop.test' })
    })

    it('with an external binding, where the authority wants one', async () => {
      const hmacKey = Buffer.from('a key that both sides know, long enough').toString('base64url')
      const pebble = await startPebble({ dns: site.world.resolver, accounts: { 'kid-1': hmacKey } })
      try {
        const authority = { directory: pebble.directory, ca: pebble.ca }
        const error = await failureOf(ensureCertificate({ ...bench.request, authority }, bench.deps, testContext()))
        expect(error).toMatchObject({
          code: 'account-refused',
          hint: expect.stringContaining('external account binding'),
        })
        const { Secret } = await import('../../provisioners/engine/secret.ts')
        const bound = { ...authority, eab: { kid: 'kid-1', hmacKey: new Secret(hmacKey) } }
        const { changed } = await ensureCertificate({ ...bench.request, authority: bound }, bench.deps, testContext())
        expect(changed).toBe(true)
      } finally {
        await pebble.stop()
      }
    })
  })
})
