import { readdir, readlink, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type ReleaseFolders, releaseFolders } from '../folders.ts'
import { shortId } from '../manifest.ts'
import { type Holding, readHoldings } from './content.ts'

export interface PruneOptions {
  /** Ids that stay: the active release and the one before it. What a slot links to stays in any case. */
  keep: readonly string[]
  /** How many others stay, the newest first. */
  more: number
  /** Short digests of runtimes and agents that stay though no release here uses them: those that run this. */
  layers?: readonly string[]
  /** Where the machine's file system begins. */
  root?: string
}

export interface Pruned {
  releases: readonly string[]
  runtimes: readonly string[]
  agents: readonly string[]
}

/**
 * Removes releases that nobody goes back to, the runtimes and agents that only they used, and uploads that were cut
 * short. The caller holds the machine's lock and that of uploads.
 *
 * @returns What was removed.
 */
export async function pruneReleases({ keep, more, layers = [], root }: PruneOptions): Promise<Pruned> {
  const folders = releaseFolders(root)
  const { releases, runtimes, agents } = await readHoldings(folders)
  const kept = await keptAmong(releases, [...keep, ...(await linked(folders))], more)
  const used = new Set([...layers, ...kept.flatMap(layersOf)])
  const unused = (all: readonly Holding[]) => all.filter(({ name }) => !used.has(name))
  await rm(folders.incoming, { recursive: true, force: true })
  return {
    releases: await remove(releases.filter((each) => !kept.includes(each))),
    runtimes: await remove(unused(runtimes)),
    agents: await remove(unused(agents)),
  }
}

async function keptAmong(releases: readonly Holding[], keep: readonly string[], more: number): Promise<Holding[]> {
  const named = releases.filter(({ name }) => keep.includes(name))
  const others = await Promise.all(
    releases
      .filter((each) => !named.includes(each))
      .map(async (each) => ({ each, since: (await stat(each.folder)).mtimeMs })),
  )
  others.sort((a, b) => b.since - a.since)
  return [...named, ...others.slice(0, more).map(({ each }) => each)]
}

function layersOf({ manifest }: Holding): string[] {
  return manifest ? [shortId(manifest.runtime.digest), shortId(manifest.agent.digest)] : []
}

/** Ids of the releases that slots link to. */
async function linked({ slots }: ReleaseFolders): Promise<string[]> {
  const names = await readdir(slots).catch(() => [])
  const targets = await Promise.all(names.map((name) => readlink(join(slots, name)).catch(() => '')))
  return targets.map((target) => basename(target))
}

async function remove(holdings: readonly Holding[]): Promise<readonly string[]> {
  for (const { folder } of holdings) await rm(folder, { recursive: true, force: true })
  return holdings.map(({ name }) => name)
}
