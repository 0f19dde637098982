import type { Host } from '../../host.ts'
import { type Runtime, slotSocket } from '../../layout.ts'
import { askSocket } from '../ask-socket.ts'
import { containerProcesses } from '../containers/processes.ts'
import { type Process, processName, unitName } from '../units.ts'
import type { ProcessRuntime, ProcessState } from './runtime.ts'
import { unitProcesses } from './unit-processes.ts'

export type { ProcessState } from './runtime.ts'

const runtimes: Readonly<Record<Runtime, ProcessRuntime>> = { systemd: unitProcesses, docker: containerProcesses }

/** Has each runtime do something with its own ones of `processes`. */
async function each<T>(
  processes: readonly Process[],
  work: (runtime: ProcessRuntime, own: readonly Process[]) => Promise<T>,
): Promise<readonly T[]> {
  const names = [...new Set(processes.map(({ runtime }) => runtime))]
  return Promise.all(
    names.map((name) =>
      work(
        runtimes[name],
        processes.filter(({ runtime }) => runtime === name),
      ),
    ),
  )
}

/** In the order of the question. */
export async function readProcesses(host: Host, processes: readonly Process[]): Promise<readonly ProcessState[]> {
  const keyOf = (process: Process) => `${process.runtime} ${unitName(process)}`
  const states = (await each(processes, (runtime, own) => runtime.read(host, own))).flat()
  const found = new Map(states.map((state) => [keyOf(state), state]))
  return processes.map((process) => found.get(keyOf(process)) as ProcessState)
}

/** All of ours that the machine has in mind, whatever their slot; those that run, and those that start at boot. */
export async function knownProcesses(host: Host): Promise<readonly ProcessState[]> {
  const known = await Promise.all(Object.values(runtimes).map((runtime) => runtime.known(host)))
  return readProcesses(host, known.flat())
}

export const isUp = ({ active }: ProcessState): boolean => !['inactive', 'failed'].includes(active)

/** Asks for them to be started; `awaitReady` waits. What failed before may try again. */
export async function startProcesses(host: Host, processes: readonly Process[]): Promise<void> {
  await each(processes, (runtime, own) => runtime.start(host, own))
}

/** They start at boot, or do not. */
export async function enableProcesses(host: Host, processes: readonly Process[], enable: boolean): Promise<void> {
  await each(processes, (runtime, own) => runtime.enable(host, own, enable))
}

/**
 * Stops them, callers before those they call, so that what is under way in one can still ask the next. Each finishes what
 * it has begun, for ten seconds at most.
 */
export async function stopProcesses(host: Host, processes: readonly Process[]): Promise<void> {
  const tiers = [
    processes.filter(({ service }) => service === 'web'),
    processes.filter(({ service }) => service === 'gateway'),
    processes.filter(({ service }) => service !== 'web' && service !== 'gateway'),
  ]
  for (const tier of tiers) await each(tier, (runtime, own) => runtime.stop(host, own))
  await each(processes, (runtime, own) => runtime.settled(host, own))
}

const internalSocket = (process: Process) => slotSocket(process.slot, `${processName(process)}-internal`)

/** What a process says of its readiness: undefined without an answer. */
export async function readinessOf(process: Process): Promise<string | undefined> {
  const answer = await askSocket(internalSocket(process), '/readyz')
  return answer?.text
}

export type WorkersState = 'awake' | 'asleep' | 'falling-asleep' | 'unknown'

export async function workersOf(process: Process): Promise<WorkersState> {
  return stateIn((await askSocket(internalSocket(process), '/workers'))?.text)
}

/** Falling asleep waits for running work, ten seconds at most. */
const setWorkersMs = 15_000

/** @returns What is so now. */
export async function setWorkers(process: Process, awake: boolean): Promise<WorkersState> {
  const ask = { method: 'PUT', body: { awake }, timeoutMs: setWorkersMs } as const
  return stateIn((await askSocket(internalSocket(process), '/workers', ask))?.text)
}

function stateIn(text: string | undefined): WorkersState {
  const [, state] = /"workers":"(awake|asleep|falling-asleep)"/.exec(text ?? '') ?? []
  return (state as WorkersState | undefined) ?? 'unknown'
}

/** Requests that the public processes of a slot are answering. */
export async function requestsInFlight(processes: readonly Process[]): Promise<number> {
  const counts = await Promise.all(
    processes.map(async (process) => {
      const metrics = (await askSocket(internalSocket(process), '/metrics'))?.text ?? ''
      if (process.service === 'gateway') return sumOf(metrics, 'gateway_in_flight')
      // This very question is one.
      if (process.service === 'web') return Math.max(sumOf(metrics, 'http_requests_in_flight') - 1, 0)
      return 0
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Of a metric in Prometheus' text format, over all labels. */
function sumOf(metrics: string, name: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
