import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { releaseFolders } from '../folders.ts'
import { shortId, sumsName, sumsOf } from '../manifest.ts'
import type { Release } from '../release.ts'
import { stagePlan } from '../stage/plan.ts'
import { basics, makePlaces, makeRelease } from '../testing/made-release.ts'
import { inventory } from './inventory.ts'
import { pruneReleases } from './prune.ts'
import { unpackRelease } from './unpack.ts'

const { signal } = new AbortController()
// Everything is synced to the disk, which may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let places: Awaited<ReturnType<typeof makePlaces>>
let releases: Release[]

/** Four releases, the first the oldest; each has an agent of its own, and all have one runtime. */
beforeEach(async () => {
  places = await makePlaces()
  releases = []
  for (const [age, agent] of ['one', 'two', 'three', 'four'].entries()) {
    const release = await makeRelease(places.operator, { ...basics, 'host.mjs': agent })
    const { root } = places
    await unpackRelease(stagePlan(release, await inventory({ root })).archive(), { id: release.id, root, signal })
    await addLayers(release)
    await utimes(join(releaseFolders(root).releases, release.id), age, age)
    releases.push(release)
  }
})
afterEach(() => places.remove())

async function addLayers({ manifest }: Release): Promise<void> {
  const { runtimes, agents } = releaseFolders(places.root)
  for (const [layer, parent, { digest }] of [
    ['runtime', runtimes, manifest.runtime],
    ['agent', agents, manifest.agent],
  ] as const) {
    const folder = join(parent, shortId(digest))
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, sumsName), sumsOf(manifest.files, layer))
  }
}

const id = (index: number) => releases[index]?.id ?? ''
const agent = (index: number) => shortId(releases[index]?.manifest.agent.digest ?? '')
const left = async () => {
  const { releases, runtimes, agents } = releaseFolders(places.root)
  return Promise.all([releases, runtimes, agents].map(async (folder) => (await readdir(folder)).sort()))
}

test('what is named stays, the newest of the others too, and what they use', async () => {
  const pruned = await pruneReleases({ keep: [id(0)], more: 1, root: places.root })
  expect(pruned).toEqual({
    releases: [id(1), id(2)].sort(),
    runtimes: [],
    agents: [agent(1), agent(2)].sort(),
  })
  expect(await left()).toEqual([[id(0), id(3)].sort(), [expect.any(String)], [agent(0), agent(3)].sort()])
  expect((await inventory({ root: places.root })).releases).toEqual([id(0), id(3)].sort())
})

test('what a slot links to stays, and the agent that is at work', async () => {
  const { slots, releases } = releaseFolders(places.root)
  await mkdir(slots, { recursive: true })
  await symlink(join(releases, id(1)), join(slots, 'blue'))
  await pruneReleases({ keep: [], more: 0, layers: [agent(2)], root: places.root })
  expect(await left()).toEqual([[id(1)], [expect.any(String)], [agent(1), agent(2)].sort()])
})

test('uploads that were cut short go', async () => {
  const { incoming } = releaseFolders(places.root)
  await mkdir(join(incoming, '0123456789abcdef'), { recursive: true })
  await pruneReleases({ keep: [], more: 9, root: places.root })
  await expect(readdir(incoming)).rejects.toMatchObject({ code: 'ENOENT' })
  expect((await left())[0]).toHaveLength(4)
})

test('on a machine that has nothing there is nothing to do', async () => {
  const root = join(places.root, 'elsewhere')
  expect(await pruneReleases({ keep: ['x'], more: 1, root })).toEqual({ releases: [], runtimes: [], agents: [] })
})
