import { sharedSecrets } from '../blueprints/databases.ts'
import type { Context } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import type { ServingMachine } from './machines.ts'

export type Secrets = ReadonlyMap<string, Secret>

/** What the machine with the databases knows and the web machines need; less before its first `up`. */
export async function readShared({ agent }: ServingMachine, ctx: Context): Promise<Secrets> {
  const answer = await agent.call<{ secrets: Record<string, string> }>(
    'secrets',
    { input: { names: sharedSecrets } },
    ctx,
  )
  return new Map(Object.entries(answer.secrets).map(([name, value]) => [name, new Secret(value)]))
}

/** As a request carries them, on standard input. */
export function asRequest(secrets: Secrets): Record<string, string> {
  return Object.fromEntries([...secrets].map(([name, secret]) => [name, secret.reveal()]))
}
