import type { Host } from '../../host.ts'
import { type Process, parseUnitName, unitName } from '../units.ts'
import type { ProcessRuntime, ProcessState } from './runtime.ts'

const properties = ['Id', 'ActiveState', 'UnitFileState', 'NRestarts']

/** Processes that are units of systemd. */
export const unitProcesses: ProcessRuntime = { read, known, start, enable, stop, settled }

async function read(host: Host, processes: readonly Process[]): Promise<readonly ProcessState[]> {
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

async function known(host: Host): Promise<readonly Process[]> {
  // 1: there is none, as on a machine without a shop.
  const list = async (...words: string[]) =>
    (await host.run(['systemctl', ...words, '--plain', '--no-legend', 'bookstore-*@*.service'], { accept: [0, 1] }))
      .stdout
  const texts = await Promise.all([list('list-units', '--all'), list('list-unit-files')])
  const names = texts.flatMap((text) => text.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? ''))
  return [...new Set(names)].map(parseUnitName).filter((process) => process !== undefined)
}

async function start(host: Host, processes: readonly Process[]): Promise<void> {
  const names = processes.map(unitName)
  await host.run(['systemctl', 'reset-failed', '--', ...names], { accept: [0, 1] })
  await host.run(['systemctl', 'start', '--no-block', '--', ...names])
}

async function enable(host: Host, processes: readonly Process[], enabled: boolean): Promise<void> {
  const word = enabled ? 'enable' : 'disable'
  await host.run(['systemctl', word, '--quiet', '--', ...processes.map(unitName)])
}

async function stop(host: Host, processes: readonly Process[]): Promise<void> {
  await host.run(['systemctl', 'stop', '--', ...processes.map(unitName)])
}

async function settled(host: Host, processes: readonly Process[]): Promise<void> {
  await host.run(['systemctl', 'reset-failed', '--', ...processes.map(unitName)], { accept: [0, 1] })
}
