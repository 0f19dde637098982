import { parentOf, plainName } from '../../dns/names.ts'
import { ask, recordsOf } from '../../dns/query/ask.ts'
import { authorityOf, resolve } from '../../dns/query/servers.ts'
import type { DnsView } from '../../dns/query/view.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Account } from '../kept/store.ts'
import type { AcmeClient } from './client.ts'
import { authorityName } from './errors.ts'
import type { AcmeAuthority } from './types.ts'

/** The authority looks itself, and says so in its own words; we only want to know before anything is ordered. */
const patienceMs = 15_000
const mostHops = 8

export interface CaaRecord {
  critical: boolean
  /** In lower case: 'issue', 'issuewild', 'iodef'. */
  tag: string
  value: string
}

/**
 * Looks whether the domain's CAA records allow the authority (RFC 8659, RFC 8657). What cannot be found out is passed
 * by.
 *
 * @throws BookstoreError 'caa-forbids'.
 */
export async function checkCaa(
  client: AcmeClient,
  authority: AcmeAuthority,
  account: Account,
  names: readonly string[],
  view: DnsView,
  ctx: Context,
): Promise<void> {
  const identities = (await client.directory()).meta?.caaIdentities ?? []
  await checkCaaFor({ identities, account: account.url }, authority, names, view, ctx)
}

/**
 * The same for an authority that calls itself by these identities. How many CAA sets were found that allow it.
 *
 * @throws BookstoreError 'caa-forbids'.
 */
export async function checkCaaFor(
  asked: Omit<Asked, 'wildcard'>,
  authority: AcmeAuthority,
  names: readonly string[],
  view: DnsView,
  ctx: Context,
): Promise<number> {
  if (asked.identities.length === 0) return 0
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(patienceMs)])
  let sets = 0
  for (const name of names) {
    const found = await relevantSet(plainName(name).replace(/^\*\./, ''), view, signal).catch(() => undefined)
    ctx.signal.throwIfAborted()
    if (found === undefined) continue
    sets += 1
    const reason = whyForbidden(found.records, { ...asked, wildcard: name.startsWith('*.') })
    if (reason) throw forbidden(name, found.at, reason, authority)
  }
  return sets
}

/** The set of the name itself, or of the nearest name above that has one (RFC 8659, section 3). */
async function relevantSet(
  name: string,
  view: DnsView,
  signal: AbortSignal,
): Promise<{ at: string; records: CaaRecord[] } | undefined> {
  const { zone } = await authorityOf(name, view, { signal })
  for (let at: string | undefined = name; at; at = parentOf(at)) {
    const within = at === zone || at.endsWith(`.${zone}`)
    const records = within ? await setAt(at, view, signal) : await resolved(at, view, signal)
    if (records.length > 0) return { at, records }
  }
  return undefined
}

/** Asks an authoritative server, so that a record that was mended a minute ago counts. Aliases are followed. */
async function setAt(name: string, view: DnsView, signal: AbortSignal, hops = 0): Promise<CaaRecord[]> {
  const { servers } = await authorityOf(name, view, { signal })
  const answer = await Promise.any(servers.map((server) => ask(server, name, 'CAA', { signal })))
  const found = recordsOf(answer.answers, name, 'CAA')
  const alias = recordsOf(answer.answers, name, 'CNAME')[0]?.value
  if (found.length === 0 && alias !== undefined && hops < mostHops) return setAt(alias, view, signal, hops + 1)
  return found.map(({ value }) => parse(value))
}

/** Above our own zone a resolver's memory is good enough. */
async function resolved(name: string, view: DnsView, signal: AbortSignal): Promise<CaaRecord[]> {
  const { answers } = await resolve(name, 'CAA', view, { signal })
  return answers.filter(({ type }) => type === 257).map(({ value }) => parse(value))
}

function parse(text: string): CaaRecord {
  const [flags = '0', tag = '', ...value] = text.split(' ')
  return { critical: (Number(flags) & 128) !== 0, tag: tag.toLowerCase(), value: value.join(' ') }
}

export interface Asked {
  /** By which the authority calls itself in CAA records. */
  identities: readonly string[]
  wildcard: boolean
  /** URL of the account, for `accounturi`. */
  account: string | undefined
}

/** Why a set of CAA records does not let an authority sign; `undefined` when it does. Pure. */
export function whyForbidden(records: readonly CaaRecord[], asked: Asked): string | undefined {
  const unknown = records.find(({ critical, tag }) => critical && !['issue', 'issuewild', 'iodef'].includes(tag))
  if (unknown) return `it has a critical property '${unknown.tag}' that nobody knows`
  const wild = records.filter(({ tag }) => tag === 'issuewild')
  const issue = asked.wildcard && wild.length > 0 ? wild : records.filter(({ tag }) => tag === 'issue')
  if (issue.length === 0) return undefined
  if (issue.some(({ value }) => allows(value, asked))) return undefined
  return `it allows only ${issue.map(({ value }) => `'${value}'`).join(', ')}`
}

/** `letsencrypt.org; accounturi=…; validationmethods=dns-01` */
function allows(value: string, { identities, account }: Asked): boolean {
  const [issuer = '', ...parameters] = value.split(';').map((part) => part.trim())
  if (!identities.includes(issuer.toLowerCase())) return false
  return parameters.every((parameter) => {
    const [key, expected = ''] = parameter.split('=').map((part) => part.trim())
    if (key === 'accounturi') return account === undefined || expected === account
    if (key === 'validationmethods') return expected.split(',').includes('dns-01')
    return true
  })
}

function forbidden(name: string, at: string, reason: string, authority: AcmeAuthority): BookstoreError {
  return new BookstoreError(
    `The CAA record of ${at} does not let ${authorityName(authority)} sign for ${name}: ${reason}.`,
    {
      code: 'caa-forbids',
      fault: 'user',
      hint: `Change it, or take the authority that it names: dig CAA ${at}`,
      details: { name, at },
    },
  )
}
