import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { isWeb } from './each-machine.ts'
import type { ServingMachine } from './machines.ts'
import { askSite } from './status.ts'

/** An error that came up on one of several web machines, with what each of them serves now. */
export async function withWhatServes(
  error: unknown,
  machines: readonly ServingMachine[],
  ctx: Context,
): Promise<unknown> {
  const webs = machines.filter(isWeb)
  if (webs.length < 2 || !(error instanceof BookstoreError) || ctx.signal.aborted) return error
  const serving = await Promise.all(webs.map(async (machine) => [machine.settings.host, await servedBy(machine, ctx)]))
  const said = serving.map(([host, release]) => `${host} serves ${release ?? 'nothing that could be found out'}`)
  const { message, code, fault, hint, status, cause, details } = error
  return new BookstoreError(`${message}\nNow ${said.join(', ')}. The next run makes them the same.`, {
    ...{ code, fault, status, cause, details: { ...details, serving: Object.fromEntries(serving) } },
    ...(hint === undefined ? {} : { hint }),
  })
}

/** A release, and since when: settings may have changed without it. */
async function servedBy(machine: ServingMachine, ctx: Context): Promise<string | undefined> {
  const found = await askSite(machine, ctx).catch(() => undefined)
  const last = found?.activations.findLast(({ result }) => result === 'served')
  return found?.release === undefined ? undefined : `${found.release} since ${last?.at ?? 'long ago'}`
}
