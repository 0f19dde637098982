import type { z } from 'zod'
import type { Context } from '../../engine/resource.ts'
import type { Host } from '../host.ts'
import type { KeptManifest } from '../kept-manifest.ts'
import type { Secrets } from '../machine/secrets.ts'
import type { Runs } from '../run/runs.ts'
import type { RunUnit } from '../run/unit.ts'

/** What a verb works with. */
export interface Agent {
  host: Host
  secrets: Secrets
  kept: KeptManifest
  runs: Runs
  unit: RunUnit
  /** Of this process: where AWS is, if not at AWS. */
  environment: Readonly<Record<string, string | undefined>>
}

/**
 * Something that the agent can be asked to do: one file in `verbs/`, or in `site/`.
 *
 * One that `changes` the machine becomes a run: a transient unit that holds the machine's lock and goes on when the
 * connection breaks. Any other runs in the process that was asked, as long as the connection lasts.
 */
export interface Verb<Input = unknown> {
  name: string
  changes: boolean
  /** What it is told, beside `by` and `secrets`. */
  input: z.ZodType<Input>
  /** Resolves with what the last line says as `data`. */
  perform(input: Input, agent: Agent, ctx: Context): Promise<unknown>
}

/** Ties `input` and `perform` together, and forgets the type so that verbs fit in one list. */
export function verb<Input>(definition: Verb<Input>): Verb {
  return definition as unknown as Verb
}
