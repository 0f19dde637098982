import { join } from 'node:path'
import { allOf } from '../engine/all-of.ts'
import type { Context } from '../engine/resource.ts'
import type { Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import type { Takedown } from '../targets/target.ts'
import { backupSite } from './backups.ts'
import { inStages } from './each-machine.ts'
import { type Machine, withMachines } from './machines.ts'
import { askSite } from './status.ts'

/**
 * Takes away what was put on the machines and nothing else, and looks for what is left. A last backup is copied to the
 * operator first, unless the data is to go as well. Data of which there is no backup stays, and is told as left over.
 */
export async function takeDownSite(site: Site, operator: Operator, purge: boolean, ctx: Context): Promise<Takedown> {
  const stands = await withMachines(site, operator, ctx, async (machines) =>
    (await Promise.all(machines.map((machine) => askSite(machine, ctx)))).some(({ release }) => release !== undefined),
  )
  const time = ctx.clock.now().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  const file = join(site.home, `last-backup-${time}.tar.gz`)
  if (stands && !purge) await backupSite(site, operator, file, ctx)
  return withMachines(site, operator, ctx, async (machines) => {
    const destroy = async ({ agent, settings }: Machine) => {
      const call = { input: { keepBackups: !purge, dropData: stands || purge } }
      const { done, remains } = await agent.call<{ done: string[]; remains: string[] }>('destroy', call, ctx)
      return { done, remains: remains.map((what) => ({ what: `${what} on ${settings.host}` })) }
    }
    // What uses databases and covers goes before them.
    const found: Awaited<ReturnType<typeof destroy>>[] = []
    for (const stage of inStages(machines).toReversed()) found.push(...(await allOf(stage.map(destroy))))
    const kept = stands && !purge ? ` The last backup is ${file}.` : ''
    return {
      stopped: found.flatMap(({ done }) => done),
      leftovers: found.flatMap(({ remains }) => remains),
      outcome: `Nothing of the shop is left on ${machines.map(({ settings }) => settings.host).join(', ')}.${kept}`,
    }
  })
}
