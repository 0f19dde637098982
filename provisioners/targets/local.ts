import { join } from 'node:path'
import { backup, localTarget as localRestoreTarget, localSource, restore, runningSite } from '../backups/index.ts'
import { localBlueprint } from '../blueprints/local.ts'
import { computerChecks, nameResolution } from '../engine/checks.ts'
import { converge, type Guard } from '../engine/converge.ts'
import { withLease } from '../engine/lease.ts'
import { plan } from '../engine/plan.ts'
import type { Context } from '../engine/resource.ts'
import { certificateStatus } from '../local/certificate-status.ts'
import { siteFacts } from '../local/describe.ts'
import { localChecks } from '../local/doctor.ts'
import { storeInstances } from '../local/instances.ts'
import { layoutOf } from '../local/layout.ts'
import { logFiles, readLogs } from '../local/log-files.ts'
import { renewCertificate } from '../local/renew.ts'
import { readStatus } from '../local/status.ts'
import { exists, purgeSite, stopSite } from '../local/stop.ts'
import type { Site } from '../site.ts'
import type { Renewal, Takedown, Target } from './target.ts'

/** The shop as child processes of this computer. */
export function localTarget(site: Site): Target {
  const stack = { resources: localBlueprint(site) }
  const layout = layoutOf(site)
  return {
    plan: (ctx) => plan(stack.resources, ctx),
    up: async (verb, ctx) => (await converge(stack, guardOf(site, verb), ctx)).summary,
    facts: () => siteFacts(site),
    checks: () => [
      ...computerChecks(site),
      { name: 'name resolution', run: () => nameResolution(site.domain) },
      ...localChecks(site),
    ],
    status: ({ clock }) => readStatus(site, clock),
    logs: async ({ process, count, follow }, { clock, signal }, onLine) =>
      readLogs(await logFiles(layout.logs, process), { count, follow, clock, signal }, onLine),
    certificate: (ctx) => certificateStatus(site, ctx),
    renew: (force, ctx) => alone(site, 'cert renew', ctx, () => renewal(site, force, ctx)),
    backup: async (file, ctx) => backup(await localSource(await runningSite(site)), file, ctx),
    restore: async (file, ctx, agree) => {
      const running = await runningSite(site)
      return alone(site, 'db restore', ctx, async () => restore(file, await localRestoreTarget(running), ctx, agree))
    },
    scale: async (instances, ctx) => {
      await storeInstances(site, instances)
      if ((await readStatus(site, ctx.clock)).state === 'stopped') return 'stopped'
      // The number of processes is part of the graph.
      const { summary } = await converge({ resources: localBlueprint(site) }, guardOf(site, 'scale'), ctx)
      return summary.done
    },
    exists: () => exists(site),
    down: ({ purge }, ctx) => alone(site, 'down', ctx, () => takeDown(site, purge, ctx)),
  }
}

/** Two runs that change the same site keep each other out by this. */
function guardOf({ home }: Site, verb: string): Guard {
  return { lease: join(home, 'lease'), verb }
}

function alone<T>(site: Site, verb: string, { clock }: Context, work: () => Promise<T>): Promise<T> {
  return withLease(guardOf(site, verb).lease, { verb, clock }, work)
}

async function renewal(site: Site, force: boolean, ctx: Context): Promise<Renewal> {
  const { renewed, because, certificate } = await renewCertificate(site, force, ctx)
  return { renewed, because, names: certificate.names, notAfter: certificate.notAfter.toISOString() }
}

async function takeDown(site: Site, purge: boolean, ctx: Context): Promise<Takedown> {
  const { processes: stopped, leftovers } = await stopSite(site, ctx)
  const whole = leftovers.length === 0
  if (purge && whole) await purgeSite(site)
  const outcome =
    purge && whole
      ? `All of it is gone, ${site.home} included.`
      : `Nothing runs any more. The data stays in ${site.home}.`
  return { stopped, leftovers, outcome }
}
