import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import type { RecordType } from './message/types.ts'
import { plainName } from './names.ts'
import { ask, recordsOf } from './query/ask.ts'
import { endpointText } from './query/endpoint.ts'
import { authorityOf } from './query/servers.ts'
import type { DnsView, NameServer } from './query/view.ts'

export interface Expected {
  name: string
  type: Extract<RecordType, 'A' | 'AAAA' | 'TXT'>
  /** All of them must be shown. Others may stand beside them. */
  values: readonly string[]
}

/** One address of an authoritative server that does not show what it should. */
interface Lagging {
  server: NameServer
  /** 'shows 1 of 2 values', 'does not answer: ...' */
  why: string
}

const firstDelayMs = 500
const longestDelayMs = 10_000

/**
 * Resolves when every authoritative server of every name shows all that is expected of it. The wait is told by an
 * event, and again when other servers are waited for.
 *
 * @throws BookstoreError 'dns-not-shown' after `patienceMs`; it names the servers that lag.
 */
export async function waitUntilShown(
  expected: readonly Expected[],
  view: DnsView,
  patienceMs: number,
  ctx: Context,
): Promise<void> {
  const until = ctx.clock.now().getTime() + patienceMs
  const targets = await targetsOf(expected, view, ctx)
  let told = ''
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 1.5, longestDelayMs)) {
    const lagging = await laggingServers(targets, ctx.signal)
    if (lagging.length === 0) return
    const left = until - ctx.clock.now().getTime()
    if (left <= 0) throw notShown(expected, lagging, patienceMs)
    const waitingFor = namesOf(lagging)
    if (waitingFor !== told) ctx.emit({ type: 'waiting', for: `${waitingFor} to show the record`, forMs: left })
    told = waitingFor
    await ctx.clock.sleep(Math.min(delayMs, left), ctx.signal)
  }
}

interface Target extends Expected {
  servers: readonly NameServer[]
}

/** Found once: who serves a zone does not change while we wait. */
function targetsOf(expected: readonly Expected[], view: DnsView, { signal }: Context): Promise<Target[]> {
  return Promise.all(
    expected.map(async (it) => {
      const name = plainName(it.name)
      return { ...it, name, servers: (await authorityOf(name, view, { signal })).servers }
    }),
  )
}

/** Asks every address of every authoritative server once. */
async function laggingServers(targets: readonly Target[], signal: AbortSignal): Promise<Lagging[]> {
  const found = await Promise.all(
    targets.map(async (target) => {
      const looks = await Promise.all(target.servers.map((server) => look(server, target, signal)))
      return withoutUnreachable(looks).flatMap(({ server, why }) => (why === undefined ? [] : [{ server, why }]))
    }),
  )
  return found.flat()
}

interface Look {
  server: NameServer
  /** `undefined` when all is there. */
  why: string | undefined
  /** This computer has no way to addresses of that kind, which is no fault of the server. */
  unreachable: boolean
}

async function look(server: NameServer, { name, type, values }: Expected, signal: AbortSignal): Promise<Look> {
  try {
    const { answers, authoritative } = await ask(server, name, type, { signal })
    const shown = new Set(recordsOf(answers, name, type).map(({ value }) => value))
    const there = values.filter((value) => shown.has(value))
    const why = there.length < values.length ? `shows ${there.length} of ${values.length} values` : undefined
    return { server, why: authoritative ? why : 'does not serve the zone', unreachable: false }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof BookstoreError)) throw error
    const unreachable = noWay.includes(String(error.details.systemCode))
    const why = error.code === 'dns-answer' ? `answers ${error.details.rcode}` : 'does not answer'
    return { server, why, unreachable }
  }
}

const noWay = ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']

/** A computer without IPv6 asks the IPv4 address of each server, and that is enough. */
function withoutUnreachable(looks: readonly Look[]): Look[] {
  const reached = new Set(looks.filter(({ unreachable }) => !unreachable).map(({ server }) => server.name))
  return looks.filter(({ unreachable, server }) => !(unreachable && reached.has(server.name)))
}

function namesOf(lagging: readonly Lagging[]): string {
  return [...new Set(lagging.map(({ server }) => server.name))].sort().join(', ')
}

function notShown(expected: readonly Expected[], lagging: readonly Lagging[], patienceMs: number): BookstoreError {
  const facts = lagging.map(({ server, why }) => `${server.name} (${endpointText(server)}) ${why}`)
  const what = [...new Set(expected.map(({ name, type }) => `${type} of ${name}`))].join(', ')
  const waited = patienceMs < 120_000 ? `${Math.round(patienceMs / 1000)} s` : `${Math.round(patienceMs / 60_000)} min`
  return new BookstoreError(`Not every name server shows ${what} after ${waited}: ${[...new Set(facts)].join('; ')}.`, {
    code: 'dns-not-shown',
    fault: 'remote',
    hint: 'Look after that server (does it transfer the zone?), then run the same command again.',
    details: { servers: [...new Set(lagging.map(({ server }) => server.name))] },
  })
}
