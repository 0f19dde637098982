import { readFileSync } from 'node:fs'
import { BookstoreError, exit } from '../engine/errors.ts'
import { writeFileAtomic } from '../engine/files.ts'
import type { Site } from '../site.ts'
import { layoutOf } from './layout.ts'

export const mostInstances = 8

/** Processes of each service: what the configuration says, else what `scale` last set, else 1. */
export function instancesOf(site: Site): number {
  return site.local.instances ?? storedInstances(layoutOf(site).settings) ?? 1
}

function storedInstances(file: string): number | undefined {
  try {
    const { instances } = JSON.parse(readFileSync(file, 'utf8')) as { instances?: unknown }
    return isCount(instances) ? instances : undefined
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostInstances
}

/** Remembers the number for every later `up`. Throws `wrong-instances` with status 64. */
export async function storeInstances(site: Site, instances: number): Promise<void> {
  if (!isCount(instances)) {
    throw new BookstoreError(`A service runs 1 to ${mostInstances} processes on this computer, not ${instances}.`, {
      code: 'wrong-instances',
      fault: 'user',
      status: exit.usage,
      hint: `Give a whole number: bookstore scale --instances 2`,
    })
  }
  await writeFileAtomic(layoutOf(site).settings, `${JSON.stringify({ instances })}\n`, 0o600)
}
