import type { Context } from '../engine/resource.ts'
import type { ProcessOnMachine, SiteOnMachine } from '../host/verbs/site.ts'
import { siteUrl } from '../shop/services.ts'
import type { Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import type { ProcessReport, SiteStatus } from '../targets/target.ts'
import { type ServingMachine, withServingMachines } from './machines.ts'

/** What runs on the machines, right now. One of several that cannot be entered is told as one that is down. */
export async function siteStatus(site: Site, operator: Operator, ctx: Context): Promise<SiteStatus> {
  const lost: ProcessReport[] = []
  const ask = async (machines: readonly ServingMachine[]): Promise<SiteStatus> => {
    const found = await Promise.all(machines.map((machine) => askSite(machine, ctx)))
    const several = (site.vm?.machines ?? []).length > 1
    const seen = found.flatMap((each, at) =>
      each.processes.map((process) =>
        report(process, each.slot, several ? machines[at]?.settings.host : undefined, ctx),
      ),
    )
    const processes = [...seen, ...lost]
    const web = found.find(({ release }) => release !== undefined) ?? found[0]
    return {
      url: siteUrl(site),
      ca: site.certificates.ca,
      state: stateOf(found, processes),
      processes,
      certificate: web?.certificate && { ...web.certificate, renewAfter: undefined },
      versions: versionsOf(found, web),
      home: site.home,
      ...(web?.release === undefined ? {} : { release: web.release }),
      ...lastBackup(found, machines),
    }
  }
  return withServingMachines(site, operator, ctx, ask, undefined, ({ machine }) => lost.push(unreached(machine.host)))
}

const unreached = (host: string): ProcessReport => ({
  ...{ name: `machine ${host}`, pid: undefined, state: 'failed', restarts: 0 },
  ...{ uptimeMs: undefined, memory: undefined, log: undefined },
})

/** The one in a bucket outlives its machine, so that it is the one to name where there is one. */
function lastBackup(
  found: readonly SiteOnMachine[],
  machines: readonly ServingMachine[],
): Pick<SiteStatus, 'backup'> | undefined {
  const published = found.map((each) => each.published).find(Boolean)
  if (published) return { backup: { at: published.at, place: `s3://${published.bucket}/${published.key}` } }
  const at = found.findIndex(({ nightly }) => nightly)
  const { nightly } = found[at] ?? {}
  return nightly && { backup: { at: nightly.at, place: `${machines[at]?.settings.host}:${nightly.path}` } }
}

/** Node's is that of the services; the others are where they are. */
function versionsOf(found: readonly SiteOnMachine[], web: SiteOnMachine | undefined): SiteStatus['versions'] {
  const first = (name: 'nginx' | 'postgres') => found.map(({ versions }) => versions[name]).find(Boolean)
  return { nginx: first('nginx'), postgres: first('postgres'), node: web?.versions.node }
}

export function askSite({ agent }: ServingMachine, ctx: Context): Promise<SiteOnMachine> {
  return agent.call<SiteOnMachine>('site', {}, ctx)
}

/** Web machines that serve different releases are a deploy that was not finished. */
function stateOf(found: readonly SiteOnMachine[], processes: readonly ProcessReport[]): SiteStatus['state'] {
  const releases = new Set(found.flatMap(({ release }) => release ?? []))
  if (releases.size === 0) return 'stopped'
  return releases.size === 1 && processes.every(({ state }) => state === 'ready') ? 'running' : 'degraded'
}

const states: Readonly<Record<string, ProcessReport['state']>> = {
  active: 'ready',
  activating: 'starting',
  reloading: 'ready',
  deactivating: 'stopping',
  failed: 'failed',
}

/** A process of the slot that does not serve is told apart by its slot. */
function report(
  { name, slot, active, restarts, pid, since, memory }: ProcessOnMachine,
  serving: string | undefined,
  host: string | undefined,
  { clock }: Context,
): ProcessReport {
  const where = [slot !== undefined && slot !== serving && slot, host].filter(Boolean).join(', ')
  return {
    name: where === '' ? name : `${name} (${where})`,
    pid,
    state: states[active] ?? 'stopped',
    restarts,
    uptimeMs: since > 0 && pid !== undefined ? clock.now().getTime() - since : undefined,
    memory,
    log: undefined,
  }
}
