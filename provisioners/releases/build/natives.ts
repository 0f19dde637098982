import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../engine/root.ts'
import type { Architecture } from '../manifest.ts'
import type { PackageSpec } from './package-spec.ts'

/** An entry of package-lock.json, as far as it matters here. */
export interface LockEntry {
  version: string
  integrity?: string
  dependencies?: Readonly<Record<string, string>>
  optionalDependencies?: Readonly<Record<string, string>>
  os?: readonly string[]
  cpu?: readonly string[]
  libc?: readonly string[]
}

export type LockEntries = Readonly<Record<string, LockEntry>>

/** What no bundle can hold, because it loads machine code: the bundles import these by name. */
export const externals = ['@node-rs/argon2', 'sharp'] as const

/** Without sources, declarations and builds for browsers. Licences stay, and so does README, where libvips has its own. */
const runs = /^(?!(src|install|bin)\/|browser\.js$|.*\.(d\.[cm]?ts|map|cc|h|gyp|bnf)$).*$/

/** The packages of this bookstore that a machine needs, each under its path below the release: 'node_modules/sharp'. */
export async function nativePackages(architecture: Architecture): Promise<ReadonlyMap<string, PackageSpec>> {
  const lock = JSON.parse(await readFile(join(packageRoot(), 'package-lock.json'), 'utf8')) as { packages: LockEntries }
  return closure(lock.packages, externals, architecture)
}

/** `names` and all that they need on Linux with glibc, found as Node finds them. Pure. */
export function closure(
  lock: LockEntries,
  names: readonly string[],
  architecture: Architecture,
): ReadonlyMap<string, PackageSpec> {
  const found = new Map<string, PackageSpec>()
  const add = (name: string, from: string, optional: boolean): void => {
    const path = resolve(lock, name, from)
    const entry = path === undefined ? undefined : lock[path]
    if (path === undefined || entry?.integrity === undefined) {
      if (optional) return
      throw new Error(`package-lock.json has no ${name} for ${from || 'the release'}`)
    }
    if (found.has(path) || (optional && !runsOn(entry, architecture))) return
    found.set(path, { name, version: entry.version, integrity: entry.integrity, keep: runs })
    for (const each of Object.keys(entry.dependencies ?? {})) add(each, path, false)
    for (const each of Object.keys(entry.optionalDependencies ?? {})) add(each, path, true)
  }
  for (const name of names) add(name, '', false)
  return found
}

/** The nearest of the folders above, as Node looks for packages. */
function resolve(lock: LockEntries, name: string, from: string): string | undefined {
  const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (lock[candidate]) return candidate
  if (from === '') return undefined
  const parent = from.lastIndexOf('/node_modules/')
  return resolve(lock, name, parent === -1 ? '' : from.slice(0, parent))
}

function runsOn({ os, cpu, libc }: LockEntry, architecture: Architecture): boolean {
  return [
    [os, 'linux'],
    [cpu, architecture],
    [libc, 'glibc'],
  ].every(([allowed, ours]) => allowed === undefined || allowed.includes(ours as string))
}
