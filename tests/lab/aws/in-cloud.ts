import { afterAll, beforeAll } from 'vitest'
import { type Clients, clientsFor, closeClients } from './clients.ts'
import { type Cloud, type CloudOptions, openCloud } from './cloud.ts'

/** An account, and who may look at it, for the tests that follow; there once they run. */
export function inCloud(options: CloudOptions = {}): { readonly cloud: Cloud; readonly clients: Clients } {
  const at: { cloud?: Cloud; clients?: Clients } = {}
  // The first of all waits until the emulator is installed.
  beforeAll(async () => {
    at.cloud = await openCloud(options)
    at.clients = clientsFor(at.cloud.endpoint)
  }, 600_000)
  afterAll(async () => {
    if (at.clients) closeClients(at.clients)
    await at.cloud?.close()
  })
  return at as { cloud: Cloud; clients: Clients }
}
