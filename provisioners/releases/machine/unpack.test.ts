import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { umask } from 'node:process'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { releaseFolders } from '../folders.ts'
import { manifestName } from '../manifest.ts'
import type { Release } from '../release.ts'
import { stagePlan } from '../stage/plan.ts'
import { basics, makePlaces, makeRelease } from '../testing/made-release.ts'
import { isIntact } from './content.ts'
import { inventory } from './inventory.ts'
import { unpackRelease } from './unpack.ts'

const { signal } = new AbortController()
// Everything is synced to the disk, which may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let places: Awaited<ReturnType<typeof makePlaces>>
beforeEach(async () => {
  places = await makePlaces()
})
afterEach(() => places.remove())

const make = (contents = basics) => makeRelease(places.operator, contents)
const unpack = (archive: Readable, id: string) => unpackRelease(archive, { id, root: places.root, signal })
const planFor = async (release: Release) => stagePlan(release, await inventory({ root: places.root }))
const stage = async (release: Release) => unpack((await planFor(release)).archive(), release.id)

async function bytesOf(archive: Readable): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of archive) all.push(chunk)
  return Buffer.concat(all)
}

async function expectWhole({ id, manifest }: Release): Promise<void> {
  const folder = join(releaseFolders(places.root).releases, id)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  expect(entries.filter((entry) => entry.isFile())).toHaveLength(manifest.files.length + 1)
  for (const { path, mode } of manifest.files) {
    expect((await stat(join(folder, path))).mode & 0o777, path).toBe(mode)
  }
  expect(await isIntact(folder)).toBe(true)
}

const namesIn = (folder: string) => readdir(folder).catch(() => [])
const releasesOnMachine = () => namesIn(releaseFolders(places.root).releases)
const incoming = () => namesIn(releaseFolders(places.root).incoming)

describe('a release on a machine', () => {
  test('is there as a whole, whatever the umask', async () => {
    const release = await make()
    const before = umask(0o077)
    try {
      expect(await stage(release)).toMatchObject({ id: release.id, received: 7, linked: 0 })
    } finally {
      umask(before)
    }
    await expectWhole(release)
    for (const folder of ['', 'services', 'migrations/auth']) {
      const found = await stat(join(releaseFolders(places.root).releases, release.id, folder))
      expect(found.mode & 0o777).toBe(0o755)
    }
    expect(await incoming()).toEqual([])
  })

  test('is not sent again', async () => {
    const release = await make()
    await stage(release)
    const plan = await planFor(release)
    expect(plan).toMatchObject({ staged: true, files: [], bytes: 0 })
    expect(await unpack(plan.archive(), release.id)).toMatchObject({ received: 0, linked: 0 })
    await expectWhole(release)
  })

  test('of which one file is new takes that file, and links the others', async () => {
    const [old, fresh] = [await make(), await make({ ...basics, 'services/auth.mjs': '// new\n' })]
    await stage(old)
    const plan = await planFor(fresh)
    expect(plan.files.map(({ path }) => path)).toEqual(['services/auth.mjs'])
    expect(await unpack(plan.archive(), fresh.id)).toMatchObject({ received: 1, linked: 6 })
    await expectWhole(old)
    await expectWhole(fresh)
    const { releases } = releaseFolders(places.root)
    const inodes = [old, fresh].map(async ({ id }) => (await stat(join(releases, id, 'bin/node'))).ino)
    expect(new Set(await Promise.all(inodes)).size).toBe(1)
  })

  test('may have one content under many names', async () => {
    const release = await make({
      ...basics,
      'web/a.txt': 'same',
      'web/b.txt': 'same',
      'web/node': basics['bin/node'] ?? '',
    })
    const plan = await planFor(release)
    expect(plan.files).toHaveLength(8)
    await unpack(plan.archive(), release.id)
    await expectWhole(release)
  })

  test('of another processor is refused', async () => {
    const release = await make()
    const other = { ...(await inventory({ root: places.root })), architecture: 'riscv64' }
    expect(() => stagePlan(release, other)).toThrow(expect.objectContaining({ code: 'wrong-architecture' }))
  })
})

describe('an upload', () => {
  test('cut short anywhere changes nothing, and what has arrived is not sent again', async () => {
    const big = Array.from({ length: 60_000 }, (_, index) => (index * index * 7919) % 9973).join()
    const release = await make({ ...basics, 'services/chunk-B.mjs': big, 'web/last.txt': `${big}!` })
    const whole = await bytesOf((await planFor(release)).archive())
    for (const share of [0, 0.01, 0.5, 0.999]) {
      const part = whole.subarray(0, Math.floor(whole.length * share))
      await expect(unpack(Readable.from([part]), release.id), `${share}`).rejects.toMatchObject({
        code: 'upload-cut-short',
      })
      expect(await releasesOnMachine()).toEqual([])
    }
    const plan = await planFor(release)
    expect(plan.files.length).toBeGreaterThan(0)
    expect(plan.files.length).toBeLessThan(release.manifest.files.length)
    expect(await unpack(plan.archive(), release.id)).toMatchObject({ received: plan.files.length })
    await expectWhole(release)
  })

  test('with a flipped bit in any byte is refused, or the bit meant nothing', async () => {
    const release = await make()
    const whole = await bytesOf((await planFor(release)).archive())
    let refused = 0
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 100)) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      const error = await unpack(Readable.from([changed]), release.id).catch((thrown) => thrown)
      if (error instanceof Error) {
        expect(['upload-damaged', 'upload-cut-short']).toContain((error as { code?: string }).code)
        expect(await releasesOnMachine()).toEqual([])
        refused++
      } else await expectWhole(release)
      await rm(places.root, { recursive: true, force: true })
    }
    expect(refused).toBeGreaterThan(80)
  })

  test('of another release is refused', async () => {
    const [one, other] = [await make(), await make({ ...basics, 'web/more.txt': 'more' })]
    const { archive } = await planFor(one)
    await expect(unpack(archive(), other.id)).rejects.toMatchObject({ code: 'upload-damaged' })
    await expect(unpack(Readable.from([Buffer.from('what is no upload')]), one.id)).rejects.toMatchObject({
      code: 'upload-damaged',
    })
  })

  test('that is interrupted ends with the reason', async () => {
    const release = await make()
    const stop = new AbortController()
    const reason = new Error('enough')
    const never = new Readable({ read() {} })
    const unpacking = unpackRelease(never, { id: release.id, root: places.root, signal: stop.signal })
    stop.abort(reason)
    await expect(unpacking).rejects.toBe(reason)
    expect(never.destroyed).toBe(true)
  })

  test('of files that were altered on the operator’s disk does not arrive', async () => {
    const release = await make()
    await writeFile(join(release.folder, 'services/auth.mjs'), '// altered            \n')
    await expect(bytesOf((await planFor(release)).archive())).rejects.toMatchObject({ code: 'release-damaged' })
  })
})

describe('damage on the machine', () => {
  const onMachine = (release: Release, path: string) => join(releaseFolders(places.root).releases, release.id, path)

  test('is found before it gets into another release; then the file is sent', async () => {
    const [old, fresh] = [await make(), await make({ ...basics, 'web/more.txt': 'more' })]
    await stage(old)
    await writeFile(onMachine(old, 'services/auth.mjs'), '// of the same length \n')
    const blind = await planFor(fresh)
    expect(blind.files).toHaveLength(1)
    const { sha256 = '' } = old.manifest.files.find(({ path }) => path === 'services/auth.mjs') ?? {}
    await expect(unpack(blind.archive(), fresh.id)).rejects.toMatchObject({
      code: 'content-missing',
      details: { files: [sha256] },
    })
    expect(await releasesOnMachine()).toEqual([old.id])
    const plan = await planFor(fresh)
    expect(plan.files.map(({ path }) => path)).toEqual(['services/auth.mjs'])
    await unpack(plan.archive(), fresh.id)
    await expectWhole(fresh)
    expect(await incoming()).toEqual([])
  })

  test('of a release itself is mended by staging it again', async () => {
    const release = await make()
    await stage(release)
    await rm(onMachine(release, 'host.mjs'))
    const plan = await planFor(release)
    expect(plan).toMatchObject({ staged: false })
    expect(plan.files.map(({ path }) => path)).toEqual(['host.mjs'])
    await unpack(plan.archive(), release.id)
    await expectWhole(release)
    expect(await incoming()).toEqual([])
  })

  test('of a manifest hides the release', async () => {
    const release = await make()
    await stage(release)
    await writeFile(onMachine(release, manifestName), '{}')
    expect(await inventory({ root: places.root })).toMatchObject({ releases: [], files: [] })
  })

  test('of a mode is not taken over', async () => {
    const [old, fresh] = [await make(), await make({ ...basics, 'web/more.txt': 'more' })]
    await stage(old)
    await chmod(onMachine(old, 'services/auth.mjs'), 0o600)
    await stage(fresh)
    await expectWhole(fresh)
    expect(await readFile(onMachine(fresh, 'services/auth.mjs'), 'utf8')).toBe(basics['services/auth.mjs'])
  })
})
