import { z } from 'zod'
import { apply } from '../../engine/apply.ts'
import { failureOf } from '../../engine/converge.ts'
import { planDestroy } from '../../engine/plan.ts'
import { itemsGone, resourcesOf } from '../manifest.ts'
import { purge, remains } from '../purge.ts'
import { verb } from './verb.ts'

const input = z.strictObject({
  /** Leaves `/var/lib/bookstore/backups`. */
  keepBackups: z.boolean(),
})

/** `{keepBackups}` -> `{done, remains}`: takes away all that is ours, the agent included, and looks for what is left. */
export const destroy = verb({
  name: 'destroy',
  changes: true,
  input,
  async perform({ keepBackups }, { host, kept }, ctx) {
    const manifest = await kept.read()
    const empty = { format: 1, stack: '', items: [] } as const
    const resources = resourcesOf({ ...empty, items: itemsGone(manifest, empty) }, host)
    const summary = await apply(await planDestroy(resources, ctx), resources, ctx)
    const failure = failureOf(summary, ctx.signal)
    if (failure) throw failure
    await purge(keepBackups)
    return { done: summary.done, remains: await remains(host, keepBackups) }
  },
})
