import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aptSettings } from '../lab/box/apt.ts'
import { cached } from '../lab/box/cache.ts'
import { must } from '../lab/box/run.ts'

/** What Node and a line of shell need, and nothing else. No image can be pulled here. */
const packages = ['dash', 'libc6', 'libgcc-s1', 'libstdc++6']

/** An archive of a root file system that images of releases can be built on; made once. */
export async function containerBase(): Promise<string> {
  const apt = await aptSettings()
  const key = createHash('sha256')
    .update(JSON.stringify([apt, packages]))
    .digest('hex')
    .slice(0, 12)
  const folder = await cached(`base-${apt.suite}-${key}`, async ({ folder, run }) => {
    const made = join(folder, 'made')
    const [sources, options] = [join(folder, 'sources.list'), join(folder, 'apt.conf')]
    await writeFile(sources, apt.sources)
    await writeFile(options, apt.options)
    await must(['mkdir', made])
    const include = `--include=${packages.join(',')}`
    const bulk = '--customize-hook=rm -rf "$1/usr/share/doc" "$1/usr/share/locale" "$1/usr/share/man" "$1/var/lib/apt"'
    await run([
      ...['mmdebstrap', '--variant=extract', include, bulk, `--aptopt=${options}`],
      ...[apt.suite, join(made, 'base.tar'), sources],
    ])
    return made
  })
  return join(folder, 'base.tar')
}
