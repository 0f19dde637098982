import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { BookstoreError, type ExitStatus } from '../engine/errors.ts'
import type { Clock, Context } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import { unpackRelease } from '../releases/machine/index.ts'
import { KeptManifest } from './kept-manifest.ts'
import { machine } from './layout.ts'
import { gatherFacts } from './machine/facts.ts'
import { withLock } from './machine/lock.ts'
import { MachineHost } from './machine/machine-host.ts'
import { Secrets } from './machine/secrets.ts'
import { errorLine, type Line, parseRequest, type Request, requestInvalid, statusOf } from './protocol.ts'
import { follow } from './run/follow.ts'
import { readEnds } from './run/lines.ts'
import { conclude, explained, Journal } from './run/perform.ts'
import { Runs } from './run/runs.ts'
import { startOrAttach } from './run/start.ts'
import { RunUnit } from './run/unit.ts'
import { verbs } from './verbs/index.ts'
import type { Agent, Verb } from './verbs/verb.ts'

/** What the composition root gives. */
export interface World {
  /** Text of standard input, to its end. */
  request(): Promise<string>
  /** Standard input as it comes, for what is no request. */
  upload(): Readable
  /** Writes a line to standard output. */
  say(line: string): void
  clock: Clock
  environment: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  /** How this very agent is started: the runtime and its file. */
  self: readonly string[]
}

const runs = new Runs({ kept: join(machine.agent, 'runs'), requests: join(machine.run, 'agent') })
const lockFile = join(machine.run, 'lock')
/** Runs follow each other through the unit's name; this is for what else of ours holds the lock for a moment. */
const lockPatienceMs = 30_000

/** `agent <verb> [--wait=SECONDS]`, with a request on standard input; see protocol.ts. Resolves with the exit status. */
export async function serve(argv: readonly string[], world: World): Promise<ExitStatus> {
  const [name = '', option = ''] = argv
  const unit = new RunUnit('bookstore-run.service', world.self)
  const write = (line: Line) => world.say(JSON.stringify(line))
  try {
    if (name === 'perform') return await perform(option, unit, world)
    if (name === 'follow') return await followLatest(unit, world)
    if (name === 'unpack') return await conclude({ name }, () => unpack(option, world), write, world.signal)
    const verb = verbOf(name)
    const request = parseRequest(await world.request())
    if (!verb.changes) return await conclude(verb, () => answer(verb, request, unit, write, world), write, world.signal)
    const id = await startOrAttach(runs, unit, { ...world, verb: name, request, waitMs: waitOf(option) })
    return await followRun(id, unit, world)
  } catch (thrown) {
    const error = explained(name, thrown, world.signal)
    write(errorLine(error))
    return error.status
  }
}

/**
 * Puts an uploaded release beside the others, whatever else is done on the machine meanwhile. Its bytes come with the
 * connection, so it ends with the connection too.
 */
function unpack(id: string, world: World): Promise<unknown> {
  const holder = { verb: 'unpack', by: 'an upload', since: world.clock.now().toISOString() }
  return withLock(machine.uploadLock, holder, lockPatienceMs, world, () =>
    unpackRelease(world.upload(), { id, signal: world.signal }),
  )
}

/** What a run does inside its unit. Only its events say how it went; the unit is gone when it is over. */
async function perform(id: string, unit: RunUnit, world: World): Promise<ExitStatus> {
  const { first } = await readEnds(runs.eventsFile(id))
  const verb = verbOf(first?.verb ?? '')
  const journal = new Journal(runs.eventsFile(id))
  const request = await runs.takeRequest(id)
  const holder = { verb: verb.name, by: first?.by ?? 'somebody', since: world.clock.now().toISOString() }
  const work = () => answer(verb, request, unit, journal.write, world)
  try {
    const locked = () => withLock(lockFile, holder, lockPatienceMs, world, work)
    return await conclude(verb, locked, journal.write, world.signal)
  } finally {
    journal.close()
    await runs.finish(id)
  }
}

async function answer(
  verb: Verb,
  request: Request,
  unit: RunUnit,
  emit: Context['emit'],
  { clock, signal, environment }: World,
) {
  const input = verb.input.safeParse(request.input)
  if (!input.success) throw requestInvalid(`${verb.name}: ${z.prettifyError(input.error)}`)
  return verb.perform(input.data, await agentFor(request, unit, environment), { emit, clock, signal })
}

async function agentFor(
  { by, secrets: brought }: Request,
  unit: RunUnit,
  environment: World['environment'],
): Promise<Agent> {
  const values = Object.entries(brought).map(([name, value]) => [name, new Secret(value)] as const)
  const secrets = new Secrets(machine.secrets, new Map(values))
  const host = new MachineHost(await gatherFacts(), machine.agent, secrets, by)
  return { host, secrets, kept: new KeptManifest(join(machine.agent, 'manifest.json')), runs, unit, environment }
}

/** The run under way; else the last one, which may have died. */
async function followLatest(unit: RunUnit, world: World): Promise<ExitStatus> {
  const id = (await unit.underWay()) ?? (await runs.list()).at(-1)
  if (id !== undefined) return followRun(id, unit, world)
  throw new BookstoreError('Nothing was ever done on this machine.', {
    code: 'no-run',
    fault: 'user',
    hint: 'Run: bookstore up',
  })
}

async function followRun(id: string, unit: RunUnit, { say, clock, signal }: World): Promise<ExitStatus> {
  const isUnderWay = async () => (await unit.underWay()) === id
  return statusOf(await follow(runs.eventsFile(id), { isUnderWay, say, clock, signal }))
}

function verbOf(name: string): Verb {
  const found = verbs.find((verb) => verb.name === name)
  if (found) return found
  throw requestInvalid(`there is no verb '${name}'`)
}

/** '--wait=600' are milliseconds of patience for a run of somebody else's. */
function waitOf(option: string): number {
  return Number(/^--wait=(\d+)$/.exec(option)?.[1] ?? 0) * 1000
}
