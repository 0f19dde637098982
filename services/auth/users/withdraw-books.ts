import type { Client } from '../../kit/client.ts'
import type { OutboxHandler } from '../../kit/outbox.ts'

/** Tells catalog that a seller is gone. Told twice, catalog does nothing more; not told, the message stays. */
export const withdrawBooks =
  (catalog: Client): OutboxHandler =>
  async ({ subject, requestId }, _tx, signal) => {
    const answer = await catalog.expect({
      method: 'DELETE',
      path: `/sellers/${subject}/books`,
      signal,
      ...(requestId !== undefined && { requestId }),
    })
    if (answer.status >= 300) throw new Error(`catalog answered ${answer.status}`)
  }
