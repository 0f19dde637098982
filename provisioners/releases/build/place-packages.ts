import { copyFile, link, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Context } from '../../engine/resource.ts'
import type { Architecture } from '../manifest.ts'
import type { PackageFile } from './extract.ts'
import { nativePackages } from './natives.ts'
import { type CachedPackage, cachedPackages } from './package-cache.ts'
import type { PackageSpec } from './package-spec.ts'
import { runtimePackage } from './runtime.ts'

/**
 * Puts the runtime and the native packages of `architecture` into `folder`, linked from the cache where they can be.
 * @returns What was put there, by its path below `folder`.
 */
export async function placePackages(
  architecture: Architecture,
  cache: string,
  folder: string,
  ctx: Context,
): Promise<ReadonlyMap<string, PackageFile>> {
  const runtime = runtimePackage(architecture)
  const natives = await nativePackages(architecture)
  const cached = await cachedPackages([runtime, ...natives.values()], cache, ctx.signal, reporting(ctx))
  const placed = new Map<string, PackageFile>()
  const place = async (spec: PackageSpec, pathOf: (path: string) => string) => {
    const { folder: from, files } = cached.get(spec) as CachedPackage
    for (const file of files) {
      const path = pathOf(file.path)
      await linkOrCopy(join(from, file.path), join(folder, path))
      placed.set(path, file)
    }
  }
  await place(runtime, (path) => `bin/${path.replace(/^bin\//, '')}`)
  for (const [where, spec] of natives) await place(spec, (path) => `${where}/${path}`)
  return placed
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await link(from, to).catch(() => copyFile(from, to))
}

/** Fetching is what takes time, and only once. */
function reporting({ emit, clock }: Context) {
  const step = { address: 'release.packages/npm', label: 'runtime and native packages', action: 'create' } as const
  return async <T>(missing: readonly PackageSpec[], work: () => Promise<T>): Promise<T> => {
    const started = clock.now().getTime()
    emit({ type: 'step-started', ...step })
    for (const { name, version } of missing.slice(0, 1)) {
      const others = missing.length > 1 ? ` and ${missing.length - 1} more` : ''
      emit({ type: 'step-progress', address: step.address, message: `npm fetches ${name} ${version}${others}` })
    }
    try {
      const result = await work()
      const durationMs = clock.now().getTime() - started
      emit({ type: 'step-finished', ...step, detail: `${missing.length} from npm`, durationMs })
      return result
    } catch (error) {
      const { code = 'unexpected', message = '' } = error as { code?: string; message?: string }
      emit({ type: 'step-failed', ...step, code, message, durationMs: clock.now().getTime() - started })
      throw error
    }
  }
}
