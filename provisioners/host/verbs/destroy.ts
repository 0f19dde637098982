import { z } from 'zod'
import { apply } from '../../engine/apply.ts'
import { failureOf } from '../../engine/converge.ts'
import { planDestroy } from '../../engine/plan.ts'
import { type Item, itemsGone, resourcesOf } from '../manifest.ts'
import { purge, remains } from '../purge.ts'
import { postgresCluster } from '../site/postgres/postgres-cluster.ts'
import { verb } from './verb.ts'

const input = z.strictObject({
  /** Leaves `/var/lib/bookstore/backups`. */
  keepBackups: z.boolean(),
  /** Drops the databases too. Without it they stay, and are among what remains. */
  dropData: z.boolean(),
})

/** `{keepBackups, dropData}` -> `{done, remains}`: takes away all that is ours, the agent included, and looks for what is left. */
export const destroy = verb({
  name: 'destroy',
  changes: true,
  input,
  async perform({ keepBackups, dropData }, { host, kept }, ctx) {
    const manifest = await kept.read()
    const empty = { format: 1, stack: '', items: [] } as const
    const gone = itemsGone(manifest, empty)
    const resources = resourcesOf({ ...empty, items: dropData ? gone.map(withItsData) : gone }, host)
    const summary = await apply(await planDestroy(resources, ctx), resources, ctx)
    const failure = failureOf(summary, ctx.signal)
    if (failure) throw failure
    // systemd made it for the first unit that named it, and would keep it until the next boot. 5: there is none.
    await host.run(['systemctl', 'stop', 'bookstore.slice'], { accept: [0, 5] })
    await purge(keepBackups)
    return { done: summary.done, remains: await remains(host, keepBackups) }
  },
})

/** A manifest never asks for that: it is said here alone. */
function withItsData(item: Item): Item {
  return item.kind === postgresCluster.kind ? { ...item, spec: { ...(item.spec as object), onRemoval: 'drop' } } : item
}
