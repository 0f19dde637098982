import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CertificateDeps,
  type CertificateRequest,
  type CertificateStore,
  folderStore,
} from '../../provisioners/certificates/acme/index.ts'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import type { DnsProvider } from '../../provisioners/dns/provider.ts'
import { ask, recordsOf } from '../../provisioners/dns/query/ask.ts'
import type { Endpoint } from '../../provisioners/dns/query/endpoint.ts'
import type { DnsView } from '../../provisioners/dns/query/view.ts'
import { dnsSecretsFrom } from '../../provisioners/dns/settings.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { BookstoreError } from '../../provisioners/engine/errors.ts'
import type { Clock } from '../../provisioners/engine/resource.ts'
import { type Knot, type KnotKey, newKey, startKnot } from '../dns/knot.ts'
import { startUnbound } from '../dns/unbound.ts'
import { type Pebble, type PebbleOptions, startPebble } from './pebble.ts'

/** A name server, a resolver, and an authority that asks it; each test makes its own store. */
export interface World {
  knot: Knot
  key: KnotKey
  /** Follows from one zone into another, as an authoritative server does not. */
  resolver: Endpoint
  pebble: Pebble
  view: DnsView
  provider: DnsProvider
  stop(): Promise<void>
}

export const zone = 'shop.test'
const elsewhere = 'challenges.test'

export async function startWorld(options: Omit<PebbleOptions, 'dns'> = {}): Promise<World> {
  const key = newKey('renewal.key')
  const records = [
    '@ NS ns1',
    'ns1 A 192.0.2.1',
    `_acme-challenge.delegated CNAME delegated.${elsewhere}.`,
    'forbidden CAA 0 issue "other.example"',
    'allowed CAA 0 issue "pebble.example; validationmethods=dns-01"',
  ]
  const knot = await startKnot(
    [
      { name: zone, records },
      { name: elsewhere, records: [`@ NS ns1.${zone}.`] },
    ],
    {
      keys: [key],
    },
  )
  const stops: (() => Promise<void>)[] = [knot.stop]
  const stop = async () => {
    for (const it of stops.splice(0).reverse()) await it()
  }
  try {
    const at = `${knot.address}@${knot.port}`
    const resolver = await startUnbound({ [zone]: at, [elsewhere]: at })
    stops.push(resolver.stop)
    const pebble = await startPebble({ ...options, dns: resolver })
    stops.push(pebble.stop)
    const server = { name: `ns1.${zone}`, address: knot.address, port: knot.port }
    const view = { zones: { [zone]: [server], [elsewhere]: [server] }, resolvers: [resolver] }
    return { knot, key, resolver, pebble, view, provider: onRealTime(await rfc2136(knot, key)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export function rfc2136(knot: Knot, key: KnotKey): Promise<DnsProvider> {
  const settings = { provider: 'rfc2136', server: knot.address, port: knot.port, key: key.name } as const
  return createProvider(settings, dnsSecretsFrom('rfc2136', { BOOKSTORE_DNS_TSIG_SECRET: key.secret }))
}

/** Signatures of updates are checked against the name server's clock, which no test can move. */
function onRealTime(provider: DnsProvider): DnsProvider {
  const real = <T extends { clock: Clock }>(ctx: T) => ({ ...ctx, clock: systemClock })
  return {
    ...provider,
    addTxt: (name, value, ctx) => provider.addTxt(name, value, real(ctx)),
    removeTxt: (name, value, ctx) => provider.removeTxt(name, value, real(ctx)),
  }
}

/** A clock that is so much ahead of the real one, and runs as fast. */
export class AheadClock implements Clock {
  aheadMs = 0

  now(): Date {
    return new Date(Date.now() + this.aheadMs)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal)
  }
}

export const day = 86_400_000

/** Lets a provider act, and writes down what was asked of it: 'add name value'. */
export function watched(provider: DnsProvider, seen: string[]): DnsProvider {
  return {
    ...provider,
    addTxt(name, value, ctx) {
      seen.push(`add ${name} ${value}`)
      return provider.addTxt(name, value, ctx)
    },
    removeTxt(name, value, ctx) {
      seen.push(`remove ${name} ${value}`)
      return provider.removeTxt(name, value, ctx)
    },
  }
}

/** The error that something fails with. */
export async function failureOf(work: Promise<unknown>): Promise<BookstoreError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  if (error instanceof BookstoreError) return error
  throw error
}

export interface Bench {
  folder: string
  store: CertificateStore
  deps: CertificateDeps
  request: CertificateRequest
  remove(): Promise<void>
}

/** A store of its own, and what to ask for. */
export async function newBench(
  world: World,
  authority: { directory: string; ca: string } = world.pebble,
  request: Partial<CertificateRequest> = {},
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-certificates-'))
  const store = folderStore(folder)
  const { directory, ca } = authority
  return {
    folder,
    store,
    deps: { store, provider: world.provider, view: world.view },
    request: { names: [zone], authority: { directory, ca }, termsAgreed: true, ...request },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The TXT values at a name, as the name server has them. */
export async function txtAt({ knot }: World, name = `_acme-challenge.${zone}`): Promise<string[]> {
  const { answers } = await ask(knot, name, 'TXT', { signal: AbortSignal.timeout(10_000) })
  return recordsOf(answers, name, 'TXT').map(({ value }) => value)
}
