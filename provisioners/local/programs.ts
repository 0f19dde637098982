import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { BookstoreError } from '../engine/errors.ts'
import { distFolder } from '../engine/root.ts'
import type { DatabaseName } from '../shop/secrets.ts'
import type { ServiceName } from '../shop/services.ts'

/** The programs of a build. Tests put their own in their place. */
export interface Programs {
  node: string
  supervisor: string
  service(name: ServiceName): string
  migrations(name: DatabaseName): string
}

export function builtPrograms(dist = distFolder()): Programs {
  return {
    node: execPath,
    supervisor: join(dist, 'supervisor.mjs'),
    service: (name) => join(dist, 'services', `${name}.mjs`),
    migrations: (name) => join(dist, 'migrations', name),
  }
}

/** A digest of a program's text: another build that changed nothing of it is the same program. */
export async function revisionOf(file: string): Promise<string> {
  const text = await readFile(file).catch((cause: unknown) => {
    throw new BookstoreError(`${file} is missing: the build is not complete.`, {
      code: 'not-built',
      fault: 'user',
      hint: 'Run `npm run build`, then the same command again.',
      cause,
    })
  })
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** Names of the migrations of a build, as `pgmigrations` has them. */
export async function migrationNames(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => [])
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort()
}
