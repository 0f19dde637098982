import type { TsigKey } from '../message/tsig.ts'
import type { Endpoint } from '../query/endpoint.ts'

/** What one update is about. */
export interface Updating {
  server: Endpoint
  key: TsigKey
  transport: 'tcp' | 'udp'
  zone: string
  /** The name that is changed, for the error. */
  name: string
}
