import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { plainName } from './names.ts'
import { ask, recordsOf } from './query/ask.ts'
import { authorityOf } from './query/servers.ts'
import type { DnsView } from './query/view.ts'

/** More than anybody needs. Authorities stop after a few, too. */
const mostHops = 8

/**
 * Where the challenge for a domain has to be written: `_acme-challenge.<domain>`, or where a CNAME at it leads
 * (RFC 8555, section 8.4, does not forbid one, and authorities follow it). A wildcard's challenge is that of its base.
 * Authoritative servers are asked, so that a CNAME that was made a minute ago is seen.
 *
 * @throws BookstoreError 'cname-loop', and what finding a zone throws.
 */
export async function challengeName(domain: string, view: DnsView, ctx: Context): Promise<string> {
  const first = `_acme-challenge.${plainName(domain).replace(/^\*\./, '')}`
  let name = first
  for (let hop = 0; hop < mostHops; hop++) {
    const next = await cnameOf(name, view, ctx)
    if (next === undefined) return name
    name = next
  }
  throw new BookstoreError(`The CNAME at ${first} leads in a circle, or further than ${mostHops} steps.`, {
    code: 'cname-loop',
    fault: 'user',
    hint: `Let it point at the name that holds the TXT records: dig CNAME ${first}`,
  })
}

/** The first server that answers is believed; that all of them agree is checked for the values themselves. */
async function cnameOf(name: string, view: DnsView, { signal }: Context): Promise<string | undefined> {
  const { servers } = await authorityOf(name, view, { signal })
  let failure: unknown
  for (const server of servers) {
    try {
      const { answers } = await ask(server, name, 'CNAME', { signal })
      return recordsOf(answers, name, 'CNAME')[0]?.value
    } catch (error) {
      signal.throwIfAborted()
      failure = error
    }
  }
  throw failure
}
