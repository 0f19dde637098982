import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../provisioners/engine/files.ts'
import { packageRoot } from '../provisioners/engine/root.ts'
import { referencePages } from './generator/pages.ts'

/** Writes docs/reference, or with --check says which pages are not what would be written. */
async function main(argv: readonly string[]): Promise<void> {
  const folder = join(packageRoot(), 'docs/reference')
  const pages = Object.entries(referencePages())
  if (argv.includes('--check')) {
    const stale = await staleAmong(folder, pages)
    if (stale.length > 0) {
      process.stderr.write(`stale: ${stale.join(', ')}. Run: npm run reference\n`)
      process.exitCode = 1
    }
    return
  }
  await mkdir(folder, { recursive: true })
  await Promise.all(pages.map(([name, text]) => writeFileAtomic(join(folder, name), text)))
}

async function staleAmong(folder: string, pages: readonly [string, string][]): Promise<readonly string[]> {
  const found = await Promise.all(
    pages.map(async ([name, text]) => {
      const present = await readFile(join(folder, name), 'utf8').catch(() => undefined)
      return present === text ? [] : [name]
    }),
  )
  return found.flat()
}

await main(process.argv.slice(2))
