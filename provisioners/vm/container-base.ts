import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { BookstoreError, exit } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { baseArchive } from '../host/site/containers/base.ts'
import type { Site } from '../site.ts'
import type { Connection } from '../ssh/connection.ts'

/**
 * What a manifest calls the base of the containers' images: a reference, or the SHA-256 of an archive. Undefined where
 * there are no containers. @throws BookstoreError 'base-unreadable'.
 */
export async function containerBase({ vm }: Site): Promise<string | undefined> {
  if (!vm?.containers) return undefined
  return 'reference' in vm.containers ? vm.containers.reference : digestOf(vm.containers.archive)
}

/** Sends the archive to a machine that does not have it. */
export async function sendBase({ vm }: Site, connection: Connection, { signal }: Context): Promise<void> {
  if (!vm?.containers || 'reference' in vm.containers) return
  const { archive } = vm.containers
  const digest = await digestOf(archive)
  const path = baseArchive(digest)
  const { code } = await connection.run(['test', '-e', path], { accept: [0, 1], signal })
  if (code === 0) return
  await connection.run(['sh', '-c', take, 'sh', path, digest], { input: createReadStream(archive), signal })
}

const take = `
set -e
mkdir -p "\${1%/*}"
chmod 700 "\${1%/*}"
cat >"$1.new"
echo "$2  $1.new" | sha256sum --check --quiet
mv "$1.new" "$1"`

async function digestOf(archive: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(archive), hash)
  } catch (cause) {
    throw new BookstoreError(`The archive ${archive} cannot be read: ${(cause as Error).message}`, {
      code: 'base-unreadable',
      fault: 'user',
      status: exit.configuration,
      hint: 'Name an image or a root file system in an archive: vm.docker.base',
      cause,
    })
  }
  return hash.digest('hex')
}
