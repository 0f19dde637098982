import type { Context } from '../../engine/resource.ts'
import { plainAddress } from '../message/encode.ts'
import type { DnsProvider } from '../provider.ts'
import { ask, recordsOf } from '../query/ask.ts'
import { authorityOf } from '../query/servers.ts'
import type { DnsView } from '../query/view.ts'

/** A person makes the records, told by events. Whoever calls waits until the authoritative servers show them. */
export function manual(view: DnsView): DnsProvider {
  return {
    name: 'manual',
    byHand: true,
    patienceMs: 3_600_000,
    findZone: async (name, { signal }) => (await authorityOf(name, view, { signal })).zone,
    async addTxt(name, value, ctx) {
      tell(ctx, `Make this DNS record: ${name} TXT "${value}"`, 'Leave other TXT values at that name as they are.')
    },
    async removeTxt(name, value, ctx) {
      tell(ctx, `No longer needed: the DNS record ${name} TXT "${value}"`, 'Remove it when it suits you.')
    },
    async addresses(name, type, { signal }) {
      const { servers } = await authorityOf(name, view, { signal })
      let failure: unknown
      for (const server of servers) {
        try {
          return recordsOf((await ask(server, name, type, { signal })).answers, name, type).map(({ value }) => value)
        } catch (error) {
          signal.throwIfAborted()
          failure = error
        }
      }
      throw failure
    },
    async setAddresses(name, type, addresses, ctx) {
      const wanted = addresses.map(plainAddress).join(', ')
      if (wanted === '')
        tell(ctx, `No longer needed: the DNS records ${name} ${type}`, 'Remove them when it suits you.')
      else tell(ctx, `Make this DNS record: ${name} ${type} ${wanted}`, `It has to be the only ${type} of that name.`)
    },
  }
}

function tell(ctx: Context, message: string, hint: string): void {
  ctx.emit({ type: 'note', level: 'info', message, hint })
}
