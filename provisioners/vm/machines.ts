import { hostname, userInfo } from 'node:os'
import { allOf } from '../engine/all-of.ts'
import { BookstoreError } from '../engine/errors.ts'
import type { Event } from '../engine/events.ts'
import type { Address, Context } from '../engine/resource.ts'
import { machine } from '../host/layout.ts'
import {
  type Architecture,
  agentCommand,
  bootstrapCheck,
  bootstrapInstall,
  buildRelease,
  parseInventory,
  type Release,
  stagePlan,
} from '../releases/index.ts'
import type { MachineSettings, Role, Site } from '../site.ts'
import type { Connection } from '../ssh/connection.ts'
import type { Operator } from '../targets/operator.ts'
import { machinesFor } from './addresses.ts'
import { type Lost, withConnections } from './enter.ts'
import { nothingServes, RemoteAgent } from './remote-agent.ts'

/** A machine that we are in, with an agent of this very bookstore on it. */
export interface Machine extends ServingMachine {
  /** What this working tree comes to on the machine's architecture. */
  readonly release: Release
}

/** Of nearly all machines. */
const usual: Architecture = 'x64'

/**
 * Enters all machines of a site, brings runtime and agent to those that lack them (the only thing that `plan` writes),
 * and leaves them whatever comes of `work`.
 */
export async function withMachines<T>(
  site: Site,
  operator: Operator,
  ctx: Context,
  work: (machines: readonly Machine[]) => Promise<T>,
): Promise<T> {
  const settings = site.vm?.machines ?? []
  const releases = new Map<Architecture, Promise<Release>>()
  const leaving = new AbortController()
  const signal = AbortSignal.any([ctx.signal, leaving.signal])
  const building: Context = { clock: ctx.clock, emit: (event) => ctx.emit(event), signal }
  const releaseFor = (architecture: Architecture) => {
    const found = releases.get(architecture) ?? build(site, architecture, building)
    releases.set(architecture, found)
    return found
  }
  // While the machines are entered. What is wrong with it is said by whoever waits for it.
  const early = releaseFor(usual).catch(() => {})
  try {
    return await withConnections(site, settings, operator, ctx, async (connections) => {
      const several = settings.length > 1
      return work(
        await Promise.all(
          connections.map((connection, at) =>
            equip(settings[at] as MachineSettings, connection, releaseFor, several, ctx),
          ),
        ),
      )
    })
  } finally {
    // Nobody waits for it any more where a machine was not entered; it leaves nothing half-done, once it has ended.
    leaving.abort()
    await early
  }
}

function build({ home }: Site, architecture: Architecture, ctx: Context): Promise<Release> {
  return buildRelease({ home, architecture }, ctx)
}

async function equip(
  settings: MachineSettings,
  connection: Connection,
  releaseFor: (architecture: Architecture) => Promise<Release>,
  several: boolean,
  ctx: Context,
): Promise<Machine> {
  // The answer says when the guess was wrong, and then costs one more question.
  let release = await releaseFor(usual)
  let found = await check(connection, release)
  if (found.architecture === undefined) throw unsupported(settings)
  if (found.architecture !== release.manifest.architecture) {
    release = await releaseFor(found.architecture)
    found = await check(connection, release)
  }
  if (found.missing.length > 0) await install(connection, release, found.missing, ctx)
  return { settings, connection, agent: agentOn(connection, agentCommand(release.manifest), several), release }
}

async function check(connection: Connection, { manifest }: Release) {
  const { argv, read } = bootstrapCheck(manifest)
  return read((await connection.run(argv, { timeoutMs: 60_000 })).stdout)
}

async function install(
  connection: Connection,
  release: Release,
  missing: Parameters<typeof bootstrapInstall>[1],
  ctx: Context,
): Promise<void> {
  const { argv, archive, failure } = bootstrapInstall(release, missing)
  const layers = missing.map(({ layer }) => layer).join(' and ')
  await step(ctx, 'host.agent/agent', `agent on ${connection.target.host}`, async () => {
    const { code, stderr } = await connection.run(argv, { input: archive(), signal: ctx.signal, accept: 'any' })
    if (code !== 0) throw failure(code, stderr)
    return layers
  })
}

/** A machine on which something serves, with the agent of the release that does. */
export interface ServingMachine {
  readonly settings: MachineSettings
  readonly connection: Connection
  readonly agent: RemoteAgent
}

/**
 * Which slot serves is decided when the command runs, not when it is written. Where no slot is, as on a machine with databases
 * alone, it is the newest agent of a machine that was told what to be.
 */
const servingAgent = `
if [ "$1" = any ]; then
  shift
  [ -e ${machine.agent}/manifest.json ] || exit ${nothingServes}
  exec "$(ls -td ${machine.runtimes}/*/bin/node | head -n 1)" "$(ls -td ${machine.agents}/*/host.mjs | head -n 1)" "$@"
fi
shift
slot=$(basename "$(readlink ${machine.active} || exit 0)")
home=${machine.slots}/$slot
[ -n "$slot" ] && [ -x "$home/bin/node" ] || exit ${nothingServes}
exec "$home/bin/node" "$home/host.mjs" "$@"`

/**
 * Enters the machines of a site, all or those with a role, and speaks with the agents that are there already: nothing is
 * built, nothing is sent.
 * @param onLost As `withConnections` has it.
 * @throws BookstoreError 'nothing-serves' from the first call, before the first `up`.
 */
export async function withServingMachines<T>(
  site: Site,
  operator: Operator,
  ctx: Context,
  work: (machines: readonly ServingMachine[]) => Promise<T>,
  role?: Role,
  onLost?: (lost: Lost) => void,
): Promise<T> {
  const several = (site.vm?.machines ?? []).length > 1
  const settings = role === undefined ? (site.vm?.machines ?? []) : machinesFor(site, role)
  const enter = (connections: readonly Connection[], entered: readonly MachineSettings[]) =>
    work(
      connections.map((connection, at) => {
        const each = entered[at] as MachineSettings
        const command = ['sh', '-c', servingAgent, 'bookstore', each.roles.includes('web') ? 'serving' : 'any']
        return { settings: each, connection, agent: agentOn(connection, command, several) }
      }),
    )
  return withConnections(site, settings, operator, ctx, enter, onLost)
}

function agentOn(connection: Connection, command: readonly string[], several: boolean): RemoteAgent {
  const { host } = connection.target
  return new RemoteAgent(connection, {
    command,
    by: `${userInfo().username}@${hostname()}`,
    ...(several ? { shown: (event: Event) => ofMachine(event, host) } : {}),
  })
}

/**
 * Sends what a machine lacks of its release. Costs one request where it is there.
 * @param meanwhile What can be done at the same time on a machine that never had a release.
 */
export async function stage({ agent, release }: Machine, ctx: Context, meanwhile: () => Promise<void>): Promise<void> {
  const inventory = parseInventory(await agent.call('inventory', {}, ctx))
  const plan = stagePlan(release, inventory)
  if (plan.staged) return
  const sent = step(ctx, 'host.release/release', `release ${release.id}`, async () => {
    await agent.call('unpack', { args: [release.id], body: plan.archive() }, ctx)
    return `${plan.files.length} files, ${(plan.bytes / 1e6).toFixed(1)} MB before compression`
  })
  await allOf([sent, ...(inventory.releases.length === 0 ? [meanwhile()] : [])])
}

async function step(ctx: Context, address: Address, label: string, work: () => Promise<string>): Promise<void> {
  const shown = { address, label, action: 'create' } as const
  const started = ctx.clock.now().getTime()
  const durationMs = () => ctx.clock.now().getTime() - started
  ctx.emit({ type: 'step-started', ...shown })
  try {
    ctx.emit({ type: 'step-finished', ...shown, detail: await work(), durationMs: durationMs() })
  } catch (error) {
    const { code, message } = error as BookstoreError
    ctx.emit({ type: 'step-failed', ...shown, code, message, durationMs: durationMs() })
    throw error
  }
}

/** The same item on two machines is two steps. */
function ofMachine(event: Event, host: string): Event {
  if (event.type === 'planned') {
    return { ...event, steps: event.steps.map((each) => ({ ...each, ...named(each, host) })) }
  }
  if ('address' in event) return { ...event, ...named(event, host) } as Event
  return event
}

function named<T extends { address: Address; label?: string }>(each: T, host: string) {
  return {
    address: `${host}:${each.address}` as Address,
    ...(each.label === undefined ? {} : { label: `${each.label} (${host})` }),
  }
}

function unsupported({ host }: MachineSettings): BookstoreError {
  return new BookstoreError(`${host} is neither x86-64 nor 64-bit ARM.`, {
    code: 'unsupported-architecture',
    fault: 'user',
    hint: 'Use a machine with one of these architectures.',
  })
}
