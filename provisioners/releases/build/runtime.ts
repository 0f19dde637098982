import type { Architecture } from '../manifest.ts'
import type { PackageSpec } from './package-spec.ts'
import pinned from './pinned-runtime.json' with { type: 'json' }

/** Node for machines: of its package, the program and its licence. It needs glibc 2.28 or newer and nothing else. */
export function runtimePackage(architecture: Architecture): PackageSpec {
  const { name, integrity } = pinned[architecture]
  return { name, version: pinned.version, integrity, keep: /^(bin\/node|LICENSE)$/ }
}

export const runtimeVersion = pinned.version
