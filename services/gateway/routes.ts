/** A service of the shop, as `/api/<name>/*` reaches it. */
export interface Route {
  /** First segment of its paths, and of its address's variable: BOOKSTORE_<NAME>_URL. */
  name: string
  /** Bytes of a request's body at most. Decimal kilobytes would surprise nobody, but proxies count in binary ones. */
  bodyLimit: number
  /** Requests under way at most; more are told to come again. */
  mostInFlight: number
}

const kib = 1024
const mib = 1024 * kib

/** The routing table: one line a service. */
export const routes: readonly Route[] = [
  { name: 'auth', bodyLimit: 256 * kib, mostInFlight: 512 },
  { name: 'catalog', bodyLimit: 8 * mib, mostInFlight: 512 },
  { name: 'sales', bodyLimit: 256 * kib, mostInFlight: 512 },
]
