import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeFileAtomic } from '../../../engine/files.ts'
import type { Host } from '../../host.ts'
import type { Slot } from '../../layout.ts'

/** One attempt to let a release serve. */
export interface Activation {
  release: string
  slot: Slot
  /** ISO 8601; of the switch, or of the failure. */
  at: string
  /** 'ana@laptop'. */
  by: string
  result: 'served' | 'failed'
  /** Of the error. */
  code?: string
  message?: string
}

const most = 100
const fileOf = (host: Host) => join(host.memory, 'activations.json')

/** The oldest first. */
export async function readHistory(host: Host): Promise<readonly Activation[]> {
  const text = await readFile(fileOf(host), 'utf8').catch(() => '[]')
  return JSON.parse(text) as Activation[]
}

export async function remember(host: Host, activation: Activation): Promise<void> {
  const entries = [...(await readHistory(host)), activation].slice(-most)
  await mkdir(dirname(fileOf(host)), { recursive: true, mode: 0o700 })
  await writeFileAtomic(fileOf(host), `${JSON.stringify(entries, undefined, 1)}\n`, 0o600)
}
