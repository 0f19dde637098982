import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../provisioners/engine/root.ts'
import { median } from './median.ts'

/** One line of a comparison. */
export interface Row {
  name: string
  /** Milliseconds from spawn to exit, in the middle of all runs. */
  medianMs: number
  fastestMs: number
  runs: number
  /** Times the first row: the middle of the ratios of each turn, since the computer may be busier in some than in others. */
  ratio: number
  /** The most that `ratio` may be, where the design gives a bound. */
  atMost?: number
}

interface Candidate {
  name: string
  argv: readonly string[]
  /** Statuses that are as they should be. */
  statuses: readonly number[]
  atMost?: number
}

/**
 * How long the command line takes to start, beside an empty Node. All candidates take turns, so that whatever else the
 * computer does hits all of them alike; the first turn warms caches and does not count.
 *
 * @throws Error when a candidate fails.
 */
export async function run({ runs = 21 }: { runs?: number } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-bench-'))
  try {
    const times = await takeTurns(candidates(), runs, folder)
    return candidates().map((candidate, index) => rowOf(candidate, times[index] ?? [], times[0] ?? []))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function candidates(): readonly Candidate[] {
  const launcher = join(packageRoot(), 'bin/bookstore')
  return [
    { name: 'node -e 0', argv: [process.execPath, '-e', '0'], statuses: [0] },
    { name: 'bookstore --help', argv: [process.execPath, launcher, '--help'], statuses: [0], atMost: 1.5 },
    { name: 'bookstore --version', argv: [process.execPath, launcher, '--version'], statuses: [0] },
    { name: 'bookstore plan (nothing there yet)', argv: [process.execPath, launcher, 'plan'], statuses: [0, 2] },
  ]
}

async function takeTurns(all: readonly Candidate[], runs: number, folder: string): Promise<number[][]> {
  const times = all.map((): number[] => [])
  for (let turn = 0; turn <= runs; turn++) {
    for (const [index, candidate] of all.entries()) {
      const ms = await timeOf(candidate, folder)
      if (turn > 0) times[index]?.push(ms)
    }
  }
  return times
}

function timeOf({ name, argv: [program = '', ...args], statuses }: Candidate, cwd: string): Promise<number> {
  const started = performance.now()
  const child = spawn(program, args, { cwd, stdio: 'ignore', env: { PATH: process.env.PATH ?? '', HOME: cwd } })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status) => {
      if (statuses.includes(status ?? -1)) resolve(performance.now() - started)
      else reject(new Error(`${name} ended with status ${status}`))
    })
  })
}

function rowOf({ name, atMost }: Candidate, times: readonly number[], base: readonly number[]): Row {
  const ratios = times.map((ms, turn) => ms / (base[turn] ?? Number.NaN))
  return {
    name,
    medianMs: round(median(times)),
    fastestMs: round(Math.min(...times)),
    runs: times.length,
    ratio: Math.round(median(ratios) * 100) / 100,
    ...(atMost === undefined ? {} : { atMost }),
  }
}

const round = (ms: number) => Math.round(ms * 10) / 10
