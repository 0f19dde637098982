import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inGroups, makeGroup, removeGroups } from './cgroups.ts'
import { withLock } from './lock.ts'
import { unmountUnder } from './mounts.ts'
import { must } from './run.ts'

/** Outside of the checkout, and kept: an image takes minutes. */
const cache = process.env.BOOKSTORE_LAB_CACHE ?? '/var/cache/bookstore-lab'

/** Where something for the cache is made, and how programs are run there: they end with the making. */
export interface Site {
  folder: string
  run(argv: readonly string[]): Promise<string>
}

/**
 * The folder `name` of the cache, whose content is never changed. When it is not there `build` makes it and returns its
 * path inside of the site; of several processes one builds, the others wait.
 */
export async function cached(
  name: string,
  build: (site: Site) => Promise<string>,
  signal?: AbortSignal,
): Promise<string> {
  const folder = join(cache, name)
  if (await exists(folder)) return folder
  const make = async () => {
    if (await exists(folder)) return
    // Of a builder that was killed.
    await discard(name)
    try {
      await rename(await build(await siteOf(name, signal)), folder)
    } finally {
      await discard(name)
    }
  }
  await withLock(`${folder}.lock`, make, signal)
  return folder
}

const longest = 20 * 60_000

async function siteOf(name: string, signal?: AbortSignal): Promise<Site> {
  const folder = siblingOf(name)
  await mkdir(folder, { recursive: true })
  const { folders } = await makeGroup(builderOf(name))
  return { folder, run: (argv) => must(inGroups(folders, argv), { timeoutMs: longest, signal }) }
}

/** Whatever a builder has left, one that was killed too: its processes, mounts and folder. */
async function discard(name: string): Promise<void> {
  await removeGroups(builderOf(name))
  await unmountUnder(siblingOf(name))
  await rm(siblingOf(name), { recursive: true, force: true })
}

/** The group of the processes that build it. */
const builderOf = (name: string) => `image-${name}`
const siblingOf = (name: string) => join(cache, `${name}.building`)

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
