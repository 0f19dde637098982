import type { Database } from '../kit/database.ts'
import type { CoverStore } from './covers/store.ts'
import type { CoverStudio } from './covers/studio.ts'
import type { CatalogMetrics } from './metrics.ts'

/** What the use cases work with; made once, by `main.ts`. */
export interface Catalog {
  db: Database
  /** ISO 4217, the one currency of the shop. */
  currency: string
  /** How long a reservation is held. */
  holdSeconds: number
  covers: CoverStore
  studio: CoverStudio
  metrics: CatalogMetrics
}
