import { exit } from '../../provisioners/engine/errors.ts'
import type { Release } from '../../provisioners/releases/index.ts'
import type { Invocation, Verb } from '../verb.ts'

export const build: Verb = {
  name: 'build',
  summary: 'make a release, as machines run it',
  declare(command) {
    command
      .option('--arch <name>', 'processor of the machine: x64 or arm64', 'x64')
      .option('-o, --output <file>', 'also write it to one file, .tar.gz')
  },
  async run(invocation) {
    const { buildRelease, writeReleaseFile } = await import('../../provisioners/releases/index.ts')
    const architecture = await architectureOf(invocation)
    const output = await outputOf(invocation)
    const { home } = await invocation.site()
    const { signal, clock, emit } = invocation
    const release = await buildRelease({ home, architecture }, { signal, clock, emit })
    if (output !== undefined) await writeReleaseFile(release, output, signal)
    const sizes = sizesOf(release)
    return {
      status: exit.done,
      result: { ...factsOf(release), bytes: sizes, ...(output === undefined ? {} : { file: output }) },
      text: describe(release, sizes, output),
    }
  },
}

async function architectureOf({ options }: Invocation) {
  const [{ architectures }, { suggestion, usageError }] = await Promise.all([
    import('../../provisioners/releases/index.ts'),
    import('../frame/usage.ts'),
  ])
  const given = String(options.arch)
  const found = architectures.find((each) => each === given)
  if (found) return found
  const hint = suggestion(given, architectures, `There are: ${architectures.join(', ')}.`)
  throw usageError('unknown-architecture', `No release is built for '${given}'.`, hint)
}

async function outputOf({ options, cwd, confirm }: Invocation): Promise<string | undefined> {
  if (typeof options.output !== 'string') return undefined
  const [{ resolve }, { stat }] = await Promise.all([import('node:path'), import('node:fs/promises')])
  const file = resolve(cwd, options.output)
  if (!/\.(tar\.gz|tgz)$/.test(file)) {
    const { usageError } = await import('../frame/usage.ts')
    const hint = 'Let it end in .tar.gz: --output release.tar.gz'
    throw usageError('wrong-output', `'${options.output}' is no name for a release.`, hint)
  }
  if (await stat(file).catch(() => undefined)) await confirm(`Replace ${file}, which is there already?`)
  return file
}

type Sizes = Record<'runtime' | 'agent' | 'application', number>

function sizesOf({ manifest }: Release): Sizes {
  const sizes = { runtime: 0, agent: 0, application: 0 }
  for (const { layer, size } of manifest.files) sizes[layer] += size
  return sizes
}

function factsOf({ id, folder, manifest }: Release) {
  const { bookstore, architecture, runtime, agent, migrations, files } = manifest
  return { id, folder, bookstore, architecture, runtime, agent, migrations, files: files.length }
}

function describe({ id, folder, manifest }: Release, sizes: Sizes, output: string | undefined): string {
  const rows = [
    ['release', `${id}, bookstore ${manifest.bookstore} for ${manifest.architecture}`],
    ['runtime', `${megabytes(sizes.runtime)}, Node ${manifest.runtime.version}`],
    ['agent', megabytes(sizes.agent)],
    ['application', megabytes(sizes.application)],
    ['folder', folder],
    ...(output === undefined ? [] : [['file', output]]),
  ]
  return rows.map(([name = '', value]) => `${name.padEnd(13)}${value}`).join('\n')
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
