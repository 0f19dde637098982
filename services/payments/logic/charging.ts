import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../kit/database.ts'
import type { Outbox } from '../../kit/outbox.ts'
import { notFound, Problem } from '../../kit/problem.ts'
import { type Behaviour, behaviourOf, type Charge } from '../entities.ts'
import { findCharge, insertCharge, refundCharge } from '../repository.ts'
import { announce } from './webhooks.ts'

export interface Asked {
  key: string
  amount: number
  currency: string
  token: string
  reference: string
}

export interface Processor {
  db: Database
  outbox: Outbox
  /** How long tok_slow takes. */
  slowMs: number
  /** How late the webhooks of tok_twice are. */
  lateMs: number
}

/** @throws Problem 422 when the key belongs to another charge. */
function sameAs(asked: Asked, charge: Charge): Charge {
  const same = (['amount', 'currency', 'token', 'reference'] as const).every((field) => asked[field] === charge[field])
  if (same) return charge
  throw new Problem(422, 'idempotency-key-reused', 'This Idempotency-Key belongs to another charge')
}

async function move({ db, outbox, lateMs }: Processor, asked: Asked, behaviour: Behaviour): Promise<void> {
  const status = behaviour.declined === undefined ? 'succeeded' : 'declined'
  const charge: Charge = {
    ...asked,
    id: randomUUID(),
    status,
    reason: behaviour.declined ?? null,
    createdAt: new Date(),
  }
  const moved = await db.transaction(async (tx) => {
    const first = await insertCharge(tx, charge)
    if (first) await announce(outbox, tx, { charge, type: `charge.${status}`, behaviour, lateMs })
    return first
  })
  if (moved) outbox.wake()
}

/**
 * Charges a card once for a key, whatever the outcome; the same key again gets that outcome.
 * @throws Problem 422 when the key came with another body.
 */
export async function charge(processor: Processor, asked: Asked): Promise<Charge> {
  const known = await findCharge(processor.db, asked.key)
  if (known) return sameAs(asked, known)
  const behaviour = behaviourOf(asked.token)
  // The money moves at the end: until then whoever asks for the charge is told, truly, that there is none.
  if (behaviour.slow) await sleep(processor.slowMs)
  await move(processor, asked, behaviour)
  const now = await findCharge(processor.db, asked.key)
  if (!now) throw new Error('a charge vanished')
  return sameAs(asked, now)
}

/**
 * Gives the money back, once.
 * @throws Problem 404 when there is no such charge, 409 `not-charged` when it was declined.
 */
export async function refund({ db, outbox }: Processor, key: string): Promise<Charge> {
  const refunded = await db.transaction(async (tx) => {
    const moved = await refundCharge(tx, key)
    const charge = await findCharge(tx, key)
    if (!charge) throw notFound('No such charge')
    if (moved) await announce(outbox, tx, { charge, type: 'charge.refunded' })
    return charge
  })
  if (refunded.status === 'declined') throw new Problem(409, 'not-charged', 'This charge was declined')
  outbox.wake()
  return refunded
}
