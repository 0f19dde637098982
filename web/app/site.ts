import type { Client } from '../../services/kit/client.ts'
import type { Log } from '../../services/kit/log.ts'
import type { Metrics } from '../../services/kit/metrics.ts'
import type { Assets } from '../assets/assets.ts'
import type { Signer } from '../cart/signed.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { Shop } from '../settings.ts'

/** What all visits share. */
export interface Site {
  shop: Shop
  currency: string
  /** The public origin: `https://bookstore.localhost:8443`. */
  origin: string
  assets: Assets
  gateway: Client
  cartSigner: Signer
  coverSigner: Signer
  pictures: Pictures
  log: Log
  metrics: Metrics
}
