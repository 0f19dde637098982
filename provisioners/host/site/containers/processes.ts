import { stopSeconds } from '../../../../templates/systemd/service-unit.ts'
import { type ServiceName, services } from '../../../shop/services.ts'
import type { Host } from '../../host.ts'
import { type Slot, slotSocket, slots } from '../../layout.ts'
import { askSocket } from '../ask-socket.ts'
import type { ProcessRuntime, ProcessState } from '../shop/runtime.ts'
import { type Process, processesOf, processName } from '../units.ts'
import { composeUnitName, containerName, docker, hasContainers } from './docker.ts'

/** Processes that are containers of Docker. Those of a slot start and are enabled together, as one unit. */
export const containerProcesses: ProcessRuntime = { read, known, start, enable, stop, settled }

async function read(host: Host, processes: readonly Process[]): Promise<readonly ProcessState[]> {
  const slots = [...new Set(processes.map(({ slot }) => slot))]
  const [states, enabled] = await Promise.all([
    inspect(host, processes),
    Promise.all(slots.map(async (slot) => (await host.unit(composeUnitName(slot))).file === 'enabled')),
  ])
  return Promise.all(
    processes.map(async (process) => {
      const found = states.get(containerName(process))
      return {
        ...process,
        active: found ? await activeOf(process, found) : 'inactive',
        restarts: found?.restarts ?? 0,
        enabled: enabled[slots.indexOf(process.slot)] ?? false,
      }
    }),
  )
}

/** What Docker knows of a container. */
export interface ContainerState {
  /** 'created', 'running', 'restarting', 'exited', ... */
  status: string
  exitCode: number
  /** Of its first process, on the machine; 0 when there is none. */
  pid: number
  /** ISO 8601 */
  startedAt: string
  restarts: number
}

/** By name; those that are there. */
export async function inspect(host: Host, processes: readonly Process[]): Promise<ReadonlyMap<string, ContainerState>> {
  const format = '{{.Name}} {{.RestartCount}} {{json .State}}'
  // 1: one of them is not there.
  const words = ['inspect', '--type=container', `--format=${format}`, ...processes.map(containerName)]
  const { stdout } = await docker(host, words, { accept: [0, 1] })
  const lines = stdout.split('\n').filter((line) => line.startsWith('/'))
  return new Map(lines.map(parse))
}

function parse(line: string): [string, ContainerState] {
  const [, name = '', restarts, json = '{}'] = /^\/(\S+) (\d+) (.*)$/.exec(line) ?? []
  const state = JSON.parse(json) as { Status: string; ExitCode: number; Pid: number; StartedAt: string }
  return [
    name,
    {
      status: state.Status,
      exitCode: state.ExitCode,
      pid: state.Pid,
      startedAt: state.StartedAt,
      restarts: Number(restarts),
    },
  ]
}

/** Docker does not know when a process is ready: it is asked itself. */
async function activeOf(process: Process, { status, exitCode }: ContainerState): Promise<string> {
  if (status === 'running') return (await isReady(process)) ? 'active' : 'activating'
  if (status === 'restarting') return 'activating'
  return status === 'exited' && exitCode !== 0 ? 'failed' : 'inactive'
}

async function isReady(process: Process): Promise<boolean> {
  const answer = await askSocket(slotSocket(process.slot, `${processName(process)}-internal`), '/readyz')
  return answer?.status === 200
}

async function known(host: Host): Promise<readonly Process[]> {
  if (!hasContainers()) return []
  const words = ['ps', '--all', '--filter=label=bookstore.slot', '--format={{.Names}}']
  const { stdout } = await docker(host, words)
  const found = stdout.split('\n').flatMap((name) => parseContainerName(name) ?? [])
  const units = await Promise.all(slots.map((slot) => host.unit(composeUnitName(slot))))
  // One that somebody took the containers from would make them again.
  const empty = slots.filter(
    (slot, at) => units[at]?.file === 'enabled' && !found.some((process) => process.slot === slot),
  )
  return [...found, ...empty.flatMap((slot) => processesOf(slot, 1, 'docker'))]
}

/** Reads what `containerName` writes; undefined for every other one. */
export function parseContainerName(name: string): Process | undefined {
  const [, slot, service, number] = /^bookstore-(blue|green)-([a-z]+)-(\d+)$/.exec(name) ?? []
  if (!services.some((each) => each.name === service)) return undefined
  return { service: service as ServiceName, slot: slot as Slot, number: Number(number), runtime: 'docker' }
}

async function start(host: Host, processes: readonly Process[]): Promise<void> {
  const units = unitsOf(processes)
  await host.run(['systemctl', 'reset-failed', '--', ...units], { accept: [0, 1] })
  await host.run(['systemctl', 'reload-or-restart', '--', ...units], { timeoutMs: 6 * 60_000 })
}

async function enable(host: Host, processes: readonly Process[], enabled: boolean): Promise<void> {
  await host.run(['systemctl', enabled ? 'enable' : 'disable', '--quiet', '--', ...unitsOf(processes)])
}

const unitsOf = (processes: readonly Process[]) => [...new Set(processes.map(({ slot }) => composeUnitName(slot)))]

async function stop(host: Host, processes: readonly Process[]): Promise<void> {
  const there = await inspect(host, processes)
  if (there.size > 0) await docker(host, ['stop', `--time=${stopSeconds}`, ...there.keys()])
}

/** The containers of a slot in which nothing runs any more are taken away. */
async function settled(host: Host, processes: readonly Process[]): Promise<void> {
  const states = await inspect(host, await known(host))
  for (const unit of unitsOf(processes)) {
    const isOfUnit = (name: string) => {
      const process = parseContainerName(name)
      return process !== undefined && composeUnitName(process.slot) === unit
    }
    const busy = [...states].some(([name, { status }]) => isOfUnit(name) && ['running', 'restarting'].includes(status))
    if (!busy) await host.run(['systemctl', 'stop', '--', unit], { timeoutMs: 4 * 60_000 })
  }
}
