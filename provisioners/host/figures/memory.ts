import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Host } from '../host.ts'
import type { LogPosition } from './server-errors.ts'

/** What figures need to know of the time before. */
export interface FigureMemory {
  /** When the first were taken; ISO 8601. */
  since: string
  log: LogPosition | undefined
}

const fileOf = ({ memory }: Pick<Host, 'memory'>) => join(memory, 'figures.json')

export async function recallFigures(host: Pick<Host, 'memory'>, now: Date): Promise<FigureMemory> {
  const text = await readFile(fileOf(host), 'utf8').catch(() => undefined)
  return text === undefined ? { since: now.toISOString(), log: undefined } : (JSON.parse(text) as FigureMemory)
}

export async function keepFigures(host: Pick<Host, 'memory'>, memory: FigureMemory): Promise<void> {
  await mkdir(dirname(fileOf(host)), { recursive: true, mode: 0o700 })
  await writeFileAtomic(fileOf(host), `${JSON.stringify(memory)}\n`, 0o600)
}
