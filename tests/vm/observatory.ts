import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../lab/box/cache.ts'
import { must } from '../lab/box/run.ts'
import type { Operator } from './operator.ts'

export interface Verdict {
  grade: string
  score: number
  /** Names of tests that the shop does not pass. */
  failed: readonly string[]
}

/** What MDN's HTTP Observatory thinks of a shop's home page, with the lab's names and its authority trusted. */
export async function observatory({ names, roots }: Operator, domain: string): Promise<Verdict> {
  const scanner = join(await installed(), 'node_modules', bundle, 'src/scan.js')
  const argv = ['env', `NODE_EXTRA_CA_CERTS=${roots}`, process.execPath, scanner, domain]
  const { error, scan, tests } = JSON.parse(await must(names.resolving(argv))) as {
    error?: string
    scan: { grade: string; score: number }
    tests: Record<string, { pass: boolean }>
  }
  if (error) throw new Error(`the Observatory could not look: ${error}`)
  const failed = Object.entries(tests).flatMap(([name, { pass }]) => (pass ? [] : name))
  return { ...scan, failed }
}

const bundle = '@mdn/mdn-http-observatory'
const version = '1.4.8'

/** 130 MB, and a script that downloads at its installation: kept beside the lab's images, and not among our packages. */
function installed(): Promise<string> {
  return cached(`observatory-${version}`, async ({ folder, run }) => {
    const place = join(folder, 'observatory')
    await mkdir(place)
    await writeFile(join(place, 'package.json'), '{"private": true}\n')
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--no-package-lock']
    await run(['npm', 'install', ...options, '--prefix', place, `${bundle}@${version}`])
    // What that script would have filled: the list of domains that browsers have preloaded.
    await writeFile(join(place, 'node_modules', bundle, 'conf/hsts-preload.json'), '{}\n')
    return place
  })
}
