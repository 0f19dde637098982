import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { ProcessId } from '../os-process.ts'
import type { ProcessSpec } from './spec.ts'

/** A running process as it is written down, with all that is needed to end it without its supervisor. */
export interface Recorded extends ProcessId {
  name: string
  tier: number
  cwd: string
  stop: ProcessSpec['stop']
}

export interface Journal {
  supervisor: ProcessId | undefined
  children: Recorded[]
}

/** Reads `run/pids.json`; an absent or torn file is an empty journal. */
export function readJournal(file: string): Journal {
  return readJson<Journal>(file) ?? { supervisor: undefined, children: [] }
}

export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

/** Synchronous on purpose: a child is on record before anything else can happen. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.tmp`, `${JSON.stringify(value)}\n`, { mode: 0o600 })
  renameSync(`${file}.tmp`, file)
}

export function forget(file: string): void {
  rmSync(file, { force: true })
}
