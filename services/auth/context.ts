import type { Database } from '../kit/database.ts'
import type { Outbox } from '../kit/outbox.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { AuthMetrics } from './metrics.ts'
import type { Hasher } from './passwords/hasher.ts'
import type { SalesAccounts } from './users/sales-accounts.ts'

/** What the use cases work with; made once, by `main.ts`. */
export interface AuthContext {
  db: Database
  hasher: Hasher
  keys: KeyRing
  /** From which each refresh token's successor is computed. */
  refreshKey: Buffer
  /** The site's origin, as tokens name it. */
  issuer: string
  outbox: Outbox
  salesAccounts: SalesAccounts
  metrics: AuthMetrics
}

/** Of the request that a use case answers. */
export interface Caller {
  /** The client's address, as the edge saw it. */
  address: string
  requestId: string
  /** Aborts when the client goes away. */
  signal: AbortSignal
}
