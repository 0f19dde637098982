import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'
import { describeSystemError } from '../../engine/system-error.ts'
import type { SmokeReport } from '../types.ts'
import { junit } from './junit.ts'

/** Writes the report as a whole or not at all: JUnit XML for `.xml`, else JSON. @throws BookstoreError when it cannot. */
export async function writeReport(path: string, report: SmokeReport): Promise<void> {
  const text = path.endsWith('.xml') ? junit(report) : `${JSON.stringify(report, undefined, 2)}\n`
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw describeSystemError(error, `making ${dirname(path)}`)
  })
  await writeFileAtomic(path, text)
}
