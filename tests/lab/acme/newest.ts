import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aptSettings } from '../box/apt.ts'
import { cached, type Site } from '../box/cache.ts'

/**
 * The `pebble` of Debian's testing suite, from this box's own sources: 2.10 as this is written, which has ARI and profiles.
 * It needs no more than libc 2.34, so it runs on Debian 12, whose own is 2.4.
 */
export async function newestPebble(signal: AbortSignal): Promise<string> {
  return join(await cached('pebble-testing', fetchPebble, signal), 'usr/bin/pebble')
}

async function fetchPebble({ folder, run }: Site): Promise<string> {
  const { sources, options } = await aptSettings('testing')
  const list = sources.split('\n').filter((line) => line.split(' ')[2] === 'testing')
  await writeFile(join(folder, 'sources.list'), `${list.join('\n')}\n`)
  await writeFile(join(folder, 'apt.conf'), options + settingsFor(folder))
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    await mkdir(join(folder, part), { recursive: true })
  const tree = join(folder, 'tree')
  const script = 'cd "$1" && export APT_CONFIG="$1/apt.conf" && apt-get -qq update && apt-get -qq download pebble'
  await run(['sh', '-ec', script, 'sh', folder])
  await run(['sh', '-ec', 'dpkg-deb -x "$1"/pebble_*.deb "$2"', 'sh', folder, tree])
  return tree
}

/** An apt that knows of nothing but the one list, and writes nowhere else. */
function settingsFor(folder: string): string {
  const settings = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::Translations::DefaultEnabled': 'false',
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('')
}
