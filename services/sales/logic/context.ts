import type { Database } from '../../kit/database.ts'
import type { Log } from '../../kit/log.ts'
import type { Outbox } from '../../kit/outbox.ts'
import type { Hooks } from '../hooks.ts'
import type { Catalog } from '../peers/catalog.ts'
import type { Processor } from '../peers/processor.ts'
import type { Lane } from './lane.ts'

/** What the saga's steps work with. */
export interface Sales {
  db: Database
  outbox: Outbox
  catalog: Catalog
  processor: Processor
  hooks: Hooks
  lane: Lane
  log: Log
  /** The shop's one currency. */
  currency: string
  pace: Pace
}

export interface Pace {
  /** Between two steps of a courier. */
  courierSeconds: number
  /** After which an order that nobody reserved books for is given up. */
  abandonedSeconds: number
  /** How long an account orders and sells nothing while somebody tries to close it. */
  holdSeconds: number
  /** How long a buyer waits for the card processor. */
  patienceMs: number
}
