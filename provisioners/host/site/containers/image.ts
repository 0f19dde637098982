import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { dockerfile } from '../../../../templates/docker/image.ts'
import { BookstoreError } from '../../../engine/errors.ts'
import { writeFileAtomic } from '../../../engine/files.ts'
import type { Host } from '../../host.ts'
import { machine, slots } from '../../layout.ts'
import type { Say } from '../shop/say.ts'
import type { ShopSettings } from '../shop/settings.ts'
import { preparedSlot } from '../shop/slot.ts'
import { baseArchive, isArchive } from './base.ts'
import { docker } from './docker.ts'

const repository = 'bookstore-shop'
const baseRepository = 'bookstore-base'

type Contents = Pick<ShopSettings, 'release' | 'base'>

/** The image of a release on a base; both are in its name, so that it is never built anew nor changed. */
export function imageName({ release, base }: Contents): string {
  return `${repository}:${release}-${createHash('sha256').update(base).digest('hex').slice(0, 12)}`
}

/**
 * Builds the image of a release where it is not there yet; only a base that is a reference may have to be pulled.
 * @throws BookstoreError 'base-missing', 'image-failed'.
 */
export async function buildImage(host: Host, contents: Contents, say: Say, signal: AbortSignal): Promise<void> {
  const name = imageName(contents)
  if (await hasImage(host, name)) return
  const base = await baseImage(host, contents.base, say, signal)
  say('building the image of the release')
  const file = join(machine.containers, 'Dockerfile')
  await writeFileAtomic(file, dockerfile(base, contents.release))
  const words = ['build', '--quiet', '--tag', name, '--file', file, join(machine.releases, contents.release)]
  await docker(host, words, { signal }).catch((error: unknown) => {
    throw failed('image-failed', `The image of the release ${contents.release} could not be built.`, error, signal)
  })
}

async function hasImage(host: Host, name: string): Promise<boolean> {
  return (await docker(host, ['image', 'inspect', '--format={{.Id}}', name], { accept: [0, 1] })).code === 0
}

async function baseImage(host: Host, base: string, say: Say, signal: AbortSignal): Promise<string> {
  const name = isArchive(base) ? `${baseRepository}:${base.slice(0, 12)}` : base
  if (await hasImage(host, name)) return name
  say(`fetching the base ${name}`)
  const words = isArchive(base) ? ['import', baseArchive(base), name] : ['pull', '--quiet', name]
  await docker(host, words, { signal }).catch((error: unknown) => {
    throw failed('base-missing', `The base of the images, ${name}, is not on the machine.`, error, signal)
  })
  return name
}

function failed(code: string, message: string, cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || !(cause instanceof BookstoreError)) return cause
  const hint = 'Without a way to a registry give an archive of a root file system with glibc: vm.docker.base'
  return new BookstoreError(`${message} ${cause.message}`, { code, fault: 'remote', cause, hint })
}

/** Images of releases that no slot was prepared with. They can be built again, and take much of a disk. */
export async function forgetImages(host: Host): Promise<void> {
  const prepared = await Promise.all(slots.map(preparedSlot))
  const kept = prepared.flatMap((each) => (each?.settings.runtime === 'docker' ? [imageName(each.settings)] : []))
  const unused = (await ourImages(host, [repository])).filter((name) => !kept.includes(name))
  if (unused.length > 0) await docker(host, ['image', 'rm', ...unused])
}

/** All of ours; a base that was pulled is the machine's. */
export async function removeImages(host: Host): Promise<void> {
  const all = await ourImages(host, [repository, baseRepository])
  if (all.length > 0) await docker(host, ['image', 'rm', '--force', ...all])
}

async function ourImages(host: Host, repositories: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await docker(host, ['image', 'ls', '--format={{.Repository}}:{{.Tag}}'])
  return stdout.split('\n').filter((name) => repositories.some((each) => name.startsWith(`${each}:`)))
}
