import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'

/** Programs, and the Debian packages that bring them. */
const programs = { knotd: 'knot', unbound: 'unbound', pebble: 'pebble' }

const skipped = process.env.CI !== 'true' && lacking() !== undefined
if (skipped) process.stderr.write(`SKIPPED, all that needs real name servers and an authority: ${lacking()}\n`)

/** `describe` for suites that start name servers. Where there can be none they are skipped aloud; under CI they fail. */
export const describeServers = describe.skipIf(skipped)

function lacking(): string | undefined {
  if (process.platform !== 'linux') return 'they need Linux, where all of 127.0.0.0/8 is loopback'
  if (process.getuid?.() !== 0) return 'they need root, for port 53'
  const folders = (process.env.PATH ?? '').split(':')
  const found = (program: string) => folders.some((folder) => existsSync(join(folder, program)))
  const packages = Object.entries(programs).flatMap(([program, bundle]) => (found(program) ? [] : [bundle]))
  return packages.length === 0 ? undefined : `apt-get install ${packages.join(' ')}`
}
