import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { certificate } from '../../provisioners/aws/certificate/certificate.ts'
import { ParameterStore } from '../../provisioners/aws/certificate/parameter-store.ts'
import { handoverFor } from '../../provisioners/aws/certificate/signing.ts'
import type { AwsResource } from '../../provisioners/aws/resource.ts'
import { apply, type Summary } from '../../provisioners/engine/apply.ts'
import { interrupted } from '../../provisioners/engine/interrupted.ts'
import { plan, planDestroy } from '../../provisioners/engine/plan.ts'
import type { Context } from '../../provisioners/engine/resource.ts'
import { Secret } from '../../provisioners/engine/secret.ts'
import { behindFront } from '../certificates/behind-front.ts'
import { AheadClock, txtAt, zone } from '../certificates/world.ts'
import { testContext } from '../dns/context.ts'
import { describeServers } from '../dns/describe-servers.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { bundle } from '../support/bundle.ts'
import type { Task } from './fixtures/sign.ts'
import { keptCertificate, writesOf } from './kept-certificate.ts'
import { Shop } from './shop.ts'

const names = [zone, `www.${zone}`]

describeServers('the certificate of a machine that is made at AWS', () => {
  const site = behindFront()
  const at = inCloud()
  let shop: Shop

  beforeEach(async () => {
    site.front.passed.length = 0
    shop = await Shop.open(at.cloud)
  })
  afterEach(async () => {
    at.cloud.heal()
    site.front.rule = () => undefined
    await shop.down()
    await shop.close()
  })

  const request = () => ({
    names,
    authority: { directory: site.front.directory, ca: site.front.ca },
    termsAgreed: true,
  })

  /** As another process of an operator would have it, with a name server that takes changes. */
  async function signed() {
    const blueprint = await shop.blueprint()
    const { stack, parameters, hostKeys } = blueprint
    const { provider, view } = site.world
    const { authority } = request()
    const settings = { parameters, hostKeys, provider, view, names, authority: authority.directory }
    const resource = certificate(stack, { ...settings, request: async () => request() })
    return { ...blueprint, resource: resource as AwsResource }
  }

  const steps = async (ctx: Context = testContext()) => (await plan([(await signed()).resource], ctx)).steps

  async function issue(): Promise<Summary> {
    const [{ resource }, ctx] = [await signed(), testContext()]
    return apply(await plan([resource], ctx), [resource], ctx)
  }

  const ordered = () => site.front.passed.filter((each) => each.startsWith('POST /order-plz')).length
  const finalized = () => new Set(site.front.passed.filter((each) => each.startsWith('POST /finalize-order/'))).size

  it('is a step of the plan, is issued once, and is kept encrypted in parameters that are not too long', async () => {
    const [one, other] = [await steps(), await steps()]
    expect(one).toMatchObject([{ label: `certificate for ${zone} and www.${zone}`, action: 'create', dependsOn: [] }])
    expect(JSON.stringify(one)).toBe(JSON.stringify(other))
    expect((await issue()).failed).toEqual([])
    const { store, values } = await keptCertificate(at.cloud, 'shop')
    expect((await store.current())?.names.toSorted()).toEqual(names.toSorted())
    expect(values.filter(({ value }) => value.reveal().length > 4_096)).toEqual([])
    const puts = at.cloud.calls().filter(({ action }) => action === 'PutParameter')
    expect(new Set(puts.map(({ parameters }) => parameters.Type))).toEqual(new Set(['SecureString']))
    expect(await txtAt(site.world)).toEqual([])
    const before = at.cloud.calls().length
    expect((await issue()).done).toEqual([])
    expect([ordered(), finalized()]).toEqual([1, 1])
    // Who we are, and the parameters by their path.
    expect(at.cloud.calls().length - before).toBe(2)
  })

  it('is taken for the next machine while it is good, and issued anew when it is due', async () => {
    await issue()
    const { notBefore, notAfter } = (await (await keptCertificate(at.cloud, 'shop')).store.current()) ?? notThere()
    const clock = new AheadClock()
    const after = (part: number) => {
      clock.aheadMs = (notAfter.getTime() - notBefore.getTime()) * part
      return steps(testContext(clock))
    }
    expect(await after(0.5)).toEqual([])
    expect(await after(0.7)).toMatchObject([
      { action: 'update', changes: [{ from: 'two thirds of its life were over', to: 'a new one' }] },
    ])
  })

  it('is a matter of the machine as soon as that was entered, until it is replaced', async () => {
    await shop.up()
    const { hostKeys } = await shop.blueprint()
    expect(await steps()).toHaveLength(1)
    await hostKeys.rotated('ssh-ed25519 AAAA', testContext())
    expect(await steps()).toEqual([])
    const [machine] = (await at.cloud.dump()).instance
    await at.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [machine?.id ?? ''] }))
    await expect.poll(steps).toHaveLength(1)
  })

  it('is not asked for again before the time that the authority names, neither here nor on the machine', async () => {
    const type = 'urn:ietf:params:acme:error:rateLimited'
    site.front.rule = ({ path }) =>
      path.startsWith('/order-plz')
        ? { status: 429, headers: { 'retry-after': '3600' }, body: { type, detail: 'too many' } }
        : undefined
    expect((await issue()).failed).toMatchObject([{ error: { code: 'rate-limited' } }])
    site.front.passed.length = 0
    expect((await issue()).failed).toMatchObject([{ error: { code: 'rate-limited' } }])
    expect(site.front.passed).toEqual([])
    const { resource, ...blueprint } = await signed()
    shop.site.certificates.directory = site.front.directory
    const handed = await handoverFor(shop.site, { ...blueprint, certificate: resource as never }, testContext())
    expect([...handed.values()].map((value) => value.reveal()).join()).toContain('"retryAt"')
  })

  it('goes with its keys, and so does what an order has left in the zone', async () => {
    await issue()
    const { resource, parameters } = await signed()
    const store = await ParameterStore.open(parameters, testContext())
    const values = [{ name: `_acme-challenge.${zone}`, value: 'of-a-killed-run' }]
    const authority = site.front.directory
    await store.saveOrder({ authority, names, key: new Secret('a key'), values })
    await site.world.provider.addTxt(values[0]?.name ?? '', 'of-a-killed-run', testContext())
    expect(await txtAt(site.world)).toEqual(['of-a-killed-run'])
    await apply(await planDestroy([resource], testContext()), [resource], testContext())
    expect(await txtAt(site.world)).toEqual([])
    expect((await keptCertificate(at.cloud, 'shop')).values).toEqual([])
    expect((await planDestroy([resource], testContext())).steps).toEqual([])
  })

  it('keeps nobody waiting who presses Ctrl-C while a parameter is written', async () => {
    const stop = new AbortController()
    let pressed = 0
    const press = () => {
      pressed = performance.now()
      stop.abort(interrupted())
    }
    const slow = { action: 'PutParameter', nth: 3 }
    at.cloud.fault([
      { ...slow, do: 'call', when: 'before', run: press },
      { ...slow, do: 'delay', ms: 6_000 },
    ])
    const { resource } = await signed()
    const ctx = { ...testContext(), signal: stop.signal }
    const summary = await apply(await plan([resource], ctx), [resource], ctx)
    expect(performance.now() - pressed).toBeLessThan(2_500)
    expect(summary.interrupted).toBe(true)
    at.cloud.heal()
    expect((await issue()).failed).toEqual([])
    expect(finalized()).toBe(1)
    expect(await txtAt(site.world)).toEqual([])
    // Whoever counts calls afterwards is not to be surprised by the late answer.
    await expect.poll(() => at.cloud.calls().every(({ outcome }) => outcome), { timeout: 10_000 }).toBe(true)
  })

  const certificateWrites = () => writesOf(at.cloud, /\/certificate\//).length

  it('is issued once though the operator is killed at any of its parameters', { timeout: 300_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bookstore-sign-'))
    try {
      const program = join(folder, 'sign.mjs')
      await bundle('tests/aws/fixtures/sign.ts', program)
      const before = certificateWrites()
      expect(await run(program)).toBe(0)
      const writes = certificateWrites() - before
      expect(writes).toBeGreaterThan(6)
      for (let nth = 1; nth <= writes; nth++) {
        await shop.down()
        site.front.passed.length = 0
        const when = nth % 2 === 0 ? ('before' as const) : ('after' as const)
        expect([nth, await run(program, nth, when)]).toEqual([nth, 'SIGKILL'])
        const summary = await issue()
        const { store } = await keptCertificate(at.cloud, 'shop')
        const found = {
          failed: summary.failed,
          names: (await store.current())?.names.toSorted(),
          orders: await store.orders(),
          txt: await txtAt(site.world),
          finalized: finalized(),
        }
        expect({ nth, ...found }).toEqual({
          ...{ nth, failed: [], names: names.toSorted(), orders: [], txt: [], finalized: 1 },
        })
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  /** Its exit status, or the signal that ended it. It is killed at the nth write of a parameter of the certificate. */
  async function run(program: string, nth = 0, when: 'before' | 'after' = 'before'): Promise<number | string> {
    const { knot, key, view } = site.world
    const settings = { provider: 'rfc2136', server: knot.address, port: knot.port, key: key.name } as const
    const region = at.cloud.environment.AWS_REGION ?? ''
    const task: Task = { stack: 'shop', region, request: request(), settings, view }
    const child = spawn(process.execPath, [program, JSON.stringify(task)], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...at.cloud.environment,
        PATH: process.env.PATH,
        BOOKSTORE_DNS_TSIG_SECRET: key.secret,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
    })
    const ended = once(child, 'close') as Promise<[number | null, string | null]>
    const where = ({ parameters }: { parameters: Record<string, unknown> }) =>
      String(parameters.Name).includes('/certificate/')
    const kill = async () => {
      child.kill('SIGKILL')
      await ended
    }
    if (nth > 0) at.cloud.fault([{ action: 'PutParameter', where, nth, do: 'call', when, run: kill }])
    const [code, signal] = await ended
    at.cloud.heal()
    return signal ?? code ?? ''
  }
})

function notThere(): never {
  throw new Error('no certificate is kept')
}
