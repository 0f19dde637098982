import type { RunOptions, RunResult, UnitState } from '../host.ts'

type Run = (argv: readonly [string, ...string[]], options?: RunOptions) => Promise<RunResult>

const properties = [
  'LoadState',
  'ActiveState',
  'UnitFileState',
  'NeedDaemonReload',
  'InvocationID',
  'ActiveEnterTimestamp',
]

/** Of a unit that systemd does not know. */
export const absent: UnitState = {
  load: 'not-found',
  active: 'inactive',
  file: '',
  needsReload: false,
  invocation: '',
  since: 0,
}

/** What systemd knows of these units, by the names that were asked. */
export async function showUnits(run: Run, names: readonly string[]): Promise<ReadonlyMap<string, UnitState>> {
  const argv = [
    'systemctl',
    'show',
    '--timestamp=us+utc',
    `--property=${properties.join(',')}`,
    '--',
    ...names,
  ] as const
  return parseUnits((await run([...argv])).stdout, names)
}

/** The answers come in the order of the questions, with an empty line between two. */
export function parseUnits(text: string, names: readonly string[]): ReadonlyMap<string, UnitState> {
  const blocks = text.trim().split(/\n\n/)
  return new Map(names.map((name, position) => [name, parseUnit(blocks[position] ?? '')]))
}

function parseUnit(block: string): UnitState {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const field = (name: string) => fields.get(name) ?? ''
  return {
    load: field('LoadState') || absent.load,
    active: field('ActiveState') || absent.active,
    file: field('UnitFileState'),
    needsReload: field('NeedDaemonReload') === 'yes',
    invocation: field('InvocationID'),
    since: parseTimestamp(field('ActiveEnterTimestamp')),
  }
}

/** 'Tue 2026-11-24 07:54:43.123456 UTC', as `--timestamp=us+utc` has it; empty for never. @returns Milliseconds since 1970. */
export function parseTimestamp(text: string): number {
  const [, date, time] = /^\S+ (\S+) (\d\d:\d\d:\d\d\.\d{3})\d* UTC$/.exec(text) ?? []
  return date === undefined ? 0 : Date.parse(`${date}T${time}Z`)
}
