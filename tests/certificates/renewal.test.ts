import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ariIdentifier } from '../../provisioners/certificates/acme/ari.ts'
import { ensureCertificate, type KeptCertificate } from '../../provisioners/certificates/acme/index.ts'
import { testContext } from '../dns/context.ts'
import { describeServers } from '../dns/describe-servers.ts'
import { behindFront } from './behind-front.ts'
import { type Front, startFront } from './front.ts'
import { AheadClock, type Bench, day, failureOf, newBench, startWorld, type World } from './world.ts'

describeServers('renewal', () => {
  let clock: AheadClock
  let bench: Bench

  afterEach(() => bench?.remove())

  const ensure = (ctx = testContext(clock)) => ensureCertificate(bench.request, bench.deps, ctx)

  async function issued(): Promise<KeptCertificate> {
    const { certificate } = await ensure()
    if (!certificate) throw new Error('nothing was issued')
    return certificate
  }

  describe('an authority without renewal windows', () => {
    const site = behindFront()

    beforeEach(async () => {
      site.front.rule = () => undefined
      clock = new AheadClock()
      bench = await newBench(site.world, site.front)
    })

    it('renews at two thirds of the life, however long it is', async () => {
      const first = await issued()
      const life = first.notAfter.getTime() - first.notBefore.getTime()
      clock.aheadMs = (life * 2) / 3 - day
      expect((await ensure()).changed).toBe(false)
      clock.aheadMs = (life * 2) / 3 + day
      const second = await ensure()
      expect(second).toMatchObject({ changed: true, because: 'two thirds of its life were over' })
      expect(second.certificate?.id).not.toBe(first.id)
    })

    it('replaces one that has expired, as after a long holiday', async () => {
      const first = await issued()
      clock.aheadMs = first.notAfter.getTime() - Date.now() + 30 * day
      expect(await ensure()).toMatchObject({ changed: true, because: 'the old one has expired' })
    })

    it('that is another one than before signs anew', async () => {
      await issued()
      bench.request.authority = { directory: site.world.pebble.directory, ca: site.world.pebble.ca }
      expect(await ensure()).toMatchObject({ changed: true, because: 'another authority signed the old one' })
    })

    it('that fails is tried again after 1, 10 and 100 minutes, then daily, and the old certificate stays', async () => {
      const first = await issued()
      const due = ((first.notAfter.getTime() - first.notBefore.getTime()) * 2) / 3 + day
      clock.aheadMs = due
      bench.request.unattended = true
      site.front.rule = ({ path }) =>
        path === '/order-plz'
          ? { status: 403, body: { type: 'urn:ietf:params:acme:error:unauthorized', detail: 'not today' } }
          : undefined
      const minutes: number[] = []
      for (let count = 1; count <= 5; count++) {
        expect(await failureOf(ensure())).toMatchObject({ code: 'authority-refuses' })
        const later = await ensure()
        expect(later).toMatchObject({ changed: false, because: expect.stringContaining('not tried before') })
        expect(later.certificate?.id).toBe(first.id)
        minutes.push(Math.round((later.nextCheck.getTime() - clock.now().getTime()) / 60_000))
        clock.aheadMs = later.nextCheck.getTime() - Date.now() + 1_000
      }
      expect(minutes).toEqual([1, 10, 100, 1440, 1440])
      // A person need not wait.
      site.front.rule = () => undefined
      clock.aheadMs -= day / 2
      bench.request.unattended = false
      expect((await ensure()).changed).toBe(true)
      expect(await bench.store.diary()).toEqual({})
    })
  })

  describe('an authority with renewal windows', () => {
    let world: World
    let front: Front

    beforeAll(async () => {
      world = await startWorld({ version: 'newer', validity: { classic: 90 * 86_400, shortlived: 160 * 3_600 } })
      front = await startFront(world.pebble)
    }, 900_000)

    afterAll(async () => {
      await front?.stop()
      await world?.stop()
    })

    beforeEach(async () => {
      front.rule = () => undefined
      front.passed.length = 0
      clock = new AheadClock()
      bench = await newBench(world, front, { profile: 'classic' })
    })

    const iso = (ms: number) => new Date(ms).toISOString()
    const questions = () => front.passed.filter((passed) => passed.includes('renewalInfo/'))

    it('is asked by the name that RFC 9773 makes of a certificate, and not more often than it likes', async () => {
      const certificate = await issued()
      await ensure()
      await ensure()
      expect(questions()).toEqual([`GET /draft-ietf-acme-ari-03/renewalInfo/${await ariIdentifier(certificate)}`])
      const { suggestion } = await bench.store.diary()
      expect(suggestion?.window).toBeDefined()
      // Pebble wants six hours between two questions.
      expect(Math.round((Date.parse(suggestion?.askAfter ?? '') - Date.now()) / 3_600_000)).toBe(6)
      clock.aheadMs = 6.1 * 3_600_000
      await ensure()
      expect(questions()).toHaveLength(2)
    })

    it('chooses the moment: somewhere in its window, and the same for all', async () => {
      const certificate = await issued()
      const [start, end] = [iso(Date.now() + 10 * day), iso(Date.now() + 20 * day)]
      await world.pebble.suggest(certificate.chain, { suggestedWindow: { start, end } })
      const { nextCheck, because } = await ensure()
      const { suggestion } = await bench.store.diary()
      const chosen = suggestion?.chosen ?? ''
      expect([start <= chosen, chosen <= end, because]).toEqual([true, true, `not due before ${chosen.slice(0, 10)}`])
      expect(nextCheck.toISOString()).toBe(suggestion?.askAfter)
      clock.aheadMs = 7 * 3_600_000
      await ensure()
      expect((await bench.store.diary()).suggestion?.chosen).toBe(chosen)
      clock.aheadMs = Date.parse(chosen) - Date.now() + 1_000
      expect(await ensure()).toMatchObject({ changed: true, because: 'the authority suggested it' })
    })

    it('calls a certificate back early: it is replaced at once, and the authority is told which', async () => {
      const certificate = await issued()
      const suggestedWindow = { start: iso(Date.now() - 2 * day), end: iso(Date.now() - day) }
      const explanationURL = 'https://authority.example/incident'
      await world.pebble.suggest(certificate.chain, { suggestedWindow, explanationURL })
      const before = world.pebble.process.output().length
      expect(await ensure()).toMatchObject({ changed: true, because: 'the authority suggested it' })
      expect(world.pebble.process.output().slice(before)).toMatch(/ARI: order "\S+" is a replacement of "\S+"/)
    })

    it('that has seen the replacement already is asked again without', async () => {
      const first = await issued()
      await ensure()
      const twin = await newBench(world, front, { profile: 'classic' })
      try {
        const account = await bench.store.account(front.directory)
        if (account) await twin.store.saveAccount(front.directory, account)
        await twin.store.keep(first)
        bench.request.force = true
        await ensure()
        await ensureCertificate(twin.request, twin.deps, testContext(clock))
        const forced = { ...twin.request, force: true }
        expect(await ensureCertificate(forced, twin.deps, testContext(clock))).toMatchObject({ changed: true })
      } finally {
        await twin.remove()
      }
    })

    it.each([
      ['nonsense', { suggestedWindow: { start: 'tomorrow', end: 'later' } }],
      [
        'a window that ends before it begins',
        { suggestedWindow: { start: '2027-02-02T00:00:00Z', end: '2027-02-01T00:00:00Z' } },
      ],
      ['no window', {}],
    ])('that answers %s: two thirds of the life count', async (_, answer) => {
      const certificate = await issued()
      await world.pebble.suggest(certificate.chain, answer)
      const life = certificate.notAfter.getTime() - certificate.notBefore.getTime()
      const { because } = await ensure()
      expect(because).toBe(`not due before ${iso(certificate.notBefore.getTime() + (life * 2) / 3).slice(0, 10)}`)
    })

    it('that does not answer is no reason to fail; a window that is known stays', async () => {
      await issued()
      await ensure()
      const { suggestion } = await bench.store.diary()
      clock.aheadMs = day
      front.rule = ({ path }) => (path === '/dir' ? { status: 500 } : undefined)
      expect(await ensure()).toMatchObject({ changed: false })
      const kept = (await bench.store.diary()).suggestion
      expect(kept).toMatchObject({ window: suggestion?.window, chosen: suggestion?.chosen })
      expect(Date.parse(kept?.askAfter ?? '') - clock.now().getTime()).toBeGreaterThan(3_500_000)
    })

    it('signs for six days when asked for that profile', async () => {
      bench.request.profile = 'shortlived'
      const { notBefore, notAfter } = await issued()
      expect(Math.round((notAfter.getTime() - notBefore.getTime()) / 3_600_000)).toBe(160)
      clock.aheadMs = (110 * day) / 24
      bench.request.profile = 'gone'
      const error = await failureOf(
        ensureCertificate({ ...bench.request, force: true }, bench.deps, testContext(clock)),
      )
      expect(error).toMatchObject({ code: 'profile-unknown', message: expect.stringContaining('"gone"') })
    })
  })
})
