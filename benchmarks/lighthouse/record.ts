import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from '../../bin/build.mjs'
import { repositoryRoot } from '../../tests/support/postgres.ts'
import { report, table } from './report.ts'
import { run } from './run.ts'

/** Measures, writes docs/lighthouse.md anew, and says what it found. */
export async function measureAndRecord(): Promise<string> {
  await build({ unlessFresh: true })
  const pages = await run()
  await writeFile(join(repositoryRoot, 'docs/lighthouse.md'), report(pages, new Date()))
  return table(pages)
}
