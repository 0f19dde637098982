import type { Reply } from '../../kit/endpoint.ts'
import { idempotent, type Keyed, type KeyedOptions } from '../../kit/idempotency.ts'
import type { Sales } from './context.ts'

/** A keyed request of a buyer. Its work runs on the key's connection alone: it must not ask the pool for a second one. */
export function keyed(sales: Sales, options: KeyedOptions, work: (keyed: Keyed) => Promise<Reply>): Promise<Reply> {
  return sales.lane.run(() => idempotent(sales.db, options, work))
}

/** A problem as a reply that a key can store. */
export function problemReply(
  status: number,
  code: string,
  title: string,
  more: Readonly<Record<string, unknown>> = {},
): Reply {
  return { status, body: { title, status, code, ...more } }
}
