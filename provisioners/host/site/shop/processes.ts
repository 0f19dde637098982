import type { Host } from '../../host.ts'
import { slotSocket } from '../../layout.ts'
import { askSocket } from '../ask-socket.ts'
import { type Process, parseUnitName, processName, unitName } from '../units.ts'

export interface ProcessState extends Process {
  /** As systemd has it: 'active', 'activating', 'inactive', 'failed', ... A process is active once it is ready. */
  active: string
  /** Starts at boot. */
  enabled: boolean
  /** How often systemd has started it again by itself. */
  restarts: number
}

const properties = ['Id', 'ActiveState', 'UnitFileState', 'NRestarts']

/** In the order of the question. */
export async function readProcesses(host: Host, processes: readonly Process[]): Promise<readonly ProcessState[]> {
  if (processes.length === 0) return []
  const argv = ['systemctl', 'show', `--property=${properties.join(',')}`, '--'] as const
  const { stdout } = await host.run([...argv, ...processes.map(unitName)])
  const blocks = stdout.trim().split(/\n\n/)
  return processes.map((process, position) => ({ ...process, ...parse(blocks[position] ?? '') }))
}

function parse(block: string): Omit<ProcessState, keyof Process> {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1] ?? ''
  return {
    active: field('ActiveState'),
    enabled: field('UnitFileState') === 'enabled',
    restarts: Number(field('NRestarts')),
  }
}

/** All of ours that systemd has in mind, whatever their slot; those that run, and those that start at boot. */
export async function knownProcesses(host: Host): Promise<readonly ProcessState[]> {
  const list = async (...words: string[]) =>
    (await host.run(['systemctl', ...words, '--plain', '--no-legend', 'bookstore-*@*.service'])).stdout
  const texts = await Promise.all([list('list-units', '--all'), list('list-unit-files')])
  const names = texts.flatMap((text) => text.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? ''))
  const processes = [...new Set(names)].map(parseUnitName).filter((process) => process !== undefined)
  return readProcesses(host, processes)
}

export const isUp = ({ active }: ProcessState): boolean => !['inactive', 'failed'].includes(active)

/** Asks systemd to start them; `awaitReady` waits. What failed before may try again. */
export async function startProcesses(host: Host, processes: readonly Process[]): Promise<void> {
  const names = processes.map(unitName)
  await host.run(['systemctl', 'reset-failed', '--', ...names], { accept: [0, 1] })
  await host.run(['systemctl', 'start', '--no-block', '--', ...names])
}

/** They start at boot, or do not. */
export async function enableProcesses(host: Host, processes: readonly Process[], enable: boolean): Promise<void> {
  if (processes.length === 0) return
  const word = enable ? 'enable' : 'disable'
  await host.run(['systemctl', word, '--quiet', '--', ...processes.map(unitName)])
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
  for (const tier of tiers) {
    if (tier.length > 0) await host.run(['systemctl', 'stop', '--', ...tier.map(unitName)])
  }
  if (processes.length > 0)
    await host.run(['systemctl', 'reset-failed', '--', ...processes.map(unitName)], { accept: [0, 1] })
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
