import { groundwork } from '../blueprints/groundwork.ts'
import { machineManifest } from '../blueprints/vm.ts'
import { apply, type Summary } from '../engine/apply.ts'
import { failureOf } from '../engine/converge.ts'
import { plan } from '../engine/plan.ts'
import type { Address, Context, Resource } from '../engine/resource.ts'
import type { Plan, Step } from '../engine/step.ts'
import type { Manifest } from '../host/manifest.ts'
import { agentCommand } from '../releases/index.ts'
import type { Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import { firstWeb, networkOf } from './addresses.ts'
import { certificateSpec } from './certificates.ts'
import { containerBase, sendBase } from './container-base.ts'
import { eachMachine, isWeb } from './each-machine.ts'
import { enter } from './enter.ts'
import { type Machine, stage, withMachines } from './machines.ts'
import { dnsSecrets, nameRecords } from './names.ts'
import { asRequest, type Secrets } from './shared-secrets.ts'
import { withWhatServes } from './what-serves.ts'

/** What `bringUp` would do: the steps of each machine as its agent sees them, and the records of the names. */
export async function planSite(site: Site, operator: Operator, ctx: Context): Promise<Plan> {
  const records = await nameRecords(site, operator)
  return withMachines(site, operator, ctx, async (machines) => {
    const [names, hosts] = await Promise.all([
      plan(records, ctx),
      eachMachine(machines, ctx, (machine, secrets) => planMachine(site, machine, secrets, machines.length > 1, ctx)),
    ])
    return joined([...hosts, names])
  })
}

/**
 * Makes machines and names as the configuration says. What is on the machines already stays as it is; a release that
 * differs from the active one takes over without a dropped request.
 *
 * @param handover What web machines shall begin with, beside what they make themselves: a certificate. Awaited when all that
 *   comes before is done.
 */
export async function bringUp(site: Site, operator: Operator, ctx: Context, handover?: Handover): Promise<Summary> {
  const started = ctx.clock.now().getTime()
  const records = await nameRecords(site, operator)
  return withMachines(site, operator, ctx, async (machines) => {
    const [named, done] = await Promise.all([
      recordNames(records, ctx),
      convergeAll(site, operator, machines, ctx, handover ? { handover } : {}),
    ])
    return {
      done: [...done, ...named],
      failed: [],
      skipped: [],
      interrupted: false,
      durationMs: ctx.clock.now().getTime() - started,
    }
  })
}

type Handover = () => Promise<Secrets>

export interface Convergence {
  /** Which release shall serve on a web machine, of those that it has; what stands in this working tree by default. */
  wanted?: ReadonlyMap<Machine, string>
  handover?: Handover
}

/**
 * Makes all machines as the configuration says.
 * @returns What was changed.
 */
export async function convergeAll(
  site: Site,
  operator: Operator,
  machines: readonly Machine[],
  ctx: Context,
  { wanted, handover }: Convergence = {},
): Promise<readonly Address[]> {
  const converge = (machine: Machine, manifest: Manifest, secrets: Secrets) =>
    convergeMachine(site, operator, machine, manifest, secrets, ctx)
  const whole = async (machine: Machine, shared: Secrets) => {
    const handed = handover && isWeb(machine) ? await handover() : []
    const manifest = await manifestFor(site, machine, wanted?.get(machine))
    return converge(machine, manifest, new Map([...handed, ...shared]))
  }
  const early: Address[] = []
  const bring = async (machine: Machine) => {
    if (wanted || !isWeb(machine)) return
    await stage(machine, ctx, async () => {
      // What it must be told by the machine with the databases is not known yet.
      if (!machine.settings.roles.includes('database')) return
      const ground = groundwork(await manifestFor(site, machine))
      early.push(...(await converge(machine, ground, new Map())))
    })
  }
  try {
    const done = await eachMachine(machines, ctx, whole, bring)
    return [...early, ...done.flat()]
  } catch (error) {
    throw await withWhatServes(error, machines, ctx)
  }
}

async function planMachine(
  site: Site,
  machine: Machine,
  secrets: Secrets,
  several: boolean,
  ctx: Context,
): Promise<Plan> {
  const manifest = await manifestFor(site, machine)
  const call = { input: { manifest }, secrets: asRequest(secrets) }
  const { plan: found } = await machine.agent.call<{ plan: Plan }>('plan', call, ctx)
  return several ? ofHost(found, machine.settings.host) : found
}

interface Converged {
  done: readonly Address[]
  /** What is taken back unless we say that it does us no harm: 'sshd'. */
  confirm: readonly string[]
}

/** That we get in anew is the proof that the new settings of the SSH server lock nobody out. */
async function confirmEntrance(site: Site, operator: Operator, machine: Machine, ctx: Context): Promise<void> {
  const connection = await enter(site, machine.settings, operator, ctx)
  try {
    await machine.agent.over(connection).call('confirm-sshd', {}, ctx)
  } finally {
    connection.close()
  }
}

async function convergeMachine(
  site: Site,
  operator: Operator,
  machine: Machine,
  manifest: Manifest,
  shared: Secrets,
  ctx: Context,
): Promise<readonly Address[]> {
  if (isWeb(machine)) await sendBase(site, machine.connection, ctx)
  // Who keeps the zone is a matter of those that have a certificate.
  const secrets = { ...(isWeb(machine) ? dnsSecrets(site, operator) : {}), ...asRequest(shared) }
  const { done, confirm } = await machine.agent
    .call<Converged>('converge', { input: { manifest }, secrets }, ctx)
    .catch(async (error: unknown) => {
      // Something else failed; the settings of the SSH server may be new all the same.
      await confirmEntrance(site, operator, machine, ctx).catch(() => {})
      throw error
    })
  if (confirm.includes('sshd')) await confirmEntrance(site, operator, machine, ctx)
  return done
}

async function manifestFor(
  site: Site,
  { settings, release: built }: Machine,
  release: string = built.id,
): Promise<Manifest> {
  const instances = site.vm?.instances ?? 1
  const [base, certificate, network] = await Promise.all([containerBase(site), certificateSpec(site), networkOf(site)])
  return machineManifest(site, settings, {
    release,
    instances,
    agent: agentCommand(built.manifest),
    base,
    certificate,
    network,
    first: settings.host === firstWeb(site)?.host,
    publish: site.vm?.publish,
  })
}

async function recordNames(records: readonly Resource[], ctx: Context): Promise<readonly Address[]> {
  const summary = await apply(await plan(records, ctx), records, ctx)
  const failure = failureOf(summary, ctx.signal)
  if (failure) throw failure
  return summary.done
}

function joined(plans: readonly Plan[]): Plan {
  return {
    steps: plans.flatMap(({ steps }) => steps),
    followers: plans.flatMap(({ followers }) => followers),
  }
}

/** The same item on two machines is two steps. */
function ofHost({ steps, followers }: Plan, host: string): Plan {
  const address = (each: Address) => `${host}:${each}` as Address
  const renamed = <T extends Pick<Step, 'address' | 'label' | 'dependsOn'>>(each: T): T => ({
    ...each,
    address: address(each.address),
    label: `${each.label} (${host})`,
    dependsOn: each.dependsOn.map(address),
  })
  return { steps: steps.map(renamed), followers: followers.map(renamed) }
}
