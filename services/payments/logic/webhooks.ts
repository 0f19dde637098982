import { randomUUID } from 'node:crypto'
import type { Client } from '../../kit/client.ts'
import type { Queryable } from '../../kit/database.ts'
import type { Outbox, OutboxHandler } from '../../kit/outbox.ts'
import type { Secret } from '../../kit/secret.ts'
import { sign, signatureHeader } from '../../kit/signature.ts'
import type { Behaviour, Charge, PaymentEvent } from '../entities.ts'

export const webhookTopic = 'webhook'

function eventOf(charge: Charge, type: PaymentEvent['type']): PaymentEvent {
  const { key, reference, amount, currency, reason } = charge
  return { id: randomUUID(), type, key, reference, amount, currency, ...(reason !== null && { reason }) }
}

/**
 * Announces what happened to a charge, in the transaction in which it happened. Each message is a subject of its own:
 * like a real processor's, webhooks come in any order.
 */
export async function announce(
  outbox: Outbox,
  tx: Queryable,
  { charge, type, behaviour = {}, lateMs = 0 }: Announcement,
): Promise<void> {
  const payload = eventOf(charge, type)
  const delays = behaviour.twice ? [lateMs, lateMs * 1.5] : [0]
  for (const delayMs of delays) await outbox.add(tx, { topic: webhookTopic, subject: randomUUID(), payload, delayMs })
}

export interface Announcement {
  charge: Charge
  type: PaymentEvent['type']
  behaviour?: Behaviour
  /** How late a late webhook is. */
  lateMs?: number
}

/** Sends one event, signed. Anything but 2xx is tried again. */
export function webhookSender(sales: Client, secret: Secret): OutboxHandler {
  return async ({ payload }, _, signal) => {
    const answer = await sales.call({
      method: 'POST',
      path: '/webhooks/payments',
      body: payload,
      headers: { [signatureHeader]: sign(secret, JSON.stringify(payload)) },
      signal,
    })
    if (answer.status >= 300) throw new Error(`sales answered ${answer.status} to a webhook`)
  }
}
