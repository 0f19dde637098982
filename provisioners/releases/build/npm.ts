import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import { packageRoot } from '../../engine/root.ts'
import { runProgram } from '../../local/run-program.ts'
import { integrityOf } from '../digest.ts'
import type { PackageSpec } from './package-spec.ts'

/** The runtime is 52 MB; half a megabit a second is slow, and still no reason to give up. */
const timeoutMs = 15 * 60_000

/**
 * Has npm bring the tarballs of `specs` into `folder`, from wherever the operator's npm gets packages.
 * @returns The tarball of each, its digest checked.
 * @throws BookstoreError 'npm-missing', 'package-unavailable', 'package-altered'.
 */
export async function fetchTarballs(
  specs: readonly PackageSpec[],
  folder: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<PackageSpec, string>> {
  const names = specs.map(({ name, version }) => `${name}@${version}`)
  // In our own folder, so that an .npmrc beside package.json counts as it did for npm ci.
  const options = ['--loglevel=error', '--ignore-scripts', `--pack-destination=${folder}`]
  const { code, output } = await npm(['pack', ...options, ...names], signal)
  if (code !== 0) throw unavailable(names, output)
  const tarballs = (await readdir(folder)).filter((file) => file.endsWith('.tgz')).map((file) => join(folder, file))
  const byDigest = new Map(await Promise.all(tarballs.map(async (file) => [await integrityOf(file), file] as const)))
  return new Map(specs.map((spec) => [spec, byDigest.get(spec.integrity) ?? refuse(spec)]))
}

async function npm(args: readonly string[], signal: AbortSignal): Promise<{ code: number | null; output: string }> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await runProgram(['npm', ...args], { cwd: packageRoot(), signal: AbortSignal.any([signal, timeout]) })
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) return { code: null, output: `it was not done after ${timeoutMs / 60_000} minutes` }
    if ((error as { code?: string }).code !== 'ENOENT') throw error
    throw new BookstoreError('npm is needed to fetch the runtime and the native packages of a release.', {
      code: 'npm-missing',
      fault: 'user',
      hint: 'Install it (it comes with Node from https://nodejs.org), then run the same command again.',
      cause: error,
    })
  }
}

function unavailable(names: readonly string[], output: string): BookstoreError {
  const said = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^npm (warn|notice)|complete log of this run/.test(line))
    .map((line) => line.replace(/^npm error\s*/, '').trim())
  const why = said.slice(0, 3).join(' / ') || 'npm did not say why'
  return new BookstoreError(`npm could not fetch ${names.join(', ')}: ${why}`, {
    code: 'package-unavailable',
    fault: 'remote',
    hint: 'See whether `npm ping` succeeds, then run the same command again. What was fetched once is not fetched again.',
  })
}

function refuse({ name, version }: PackageSpec): never {
  throw new BookstoreError(`What npm brought as ${name} ${version} is not the package that this bookstore names.`, {
    code: 'package-altered',
    fault: 'remote',
    hint: 'Nothing of it was used. See from which registry npm fetches: npm config get registry',
  })
}
