import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Release } from '../release.ts'
import { basics, makePlaces, makeRelease } from '../testing/made-release.ts'
import { machineLayers } from './layers.ts'
import { packedLayer, packRuntime } from './packed.ts'

let places: Awaited<ReturnType<typeof makePlaces>>
let release: Release
const cache = () => join(places.operator, 'cache')
const made = (contents?: Readonly<Record<string, string>>) => makeRelease(join(places.operator, 'releases'), contents)

beforeEach(async () => {
  places = await makePlaces()
  for (const name of ['cache', 'releases']) await mkdir(join(places.operator, name), { recursive: true })
  release = await made()
})
afterEach(() => places.remove())

async function sent(of: Release, name: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of packedLayer(of, 'runtime', name)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('a runtime is packed once, and sent as it would have been without that', async () => {
  const [runtime] = machineLayers(release.manifest)
  const name = basename(runtime.folder)
  const live = gunzipSync(await sent(release, name))
  await packRuntime(release)
  const names = await readdir(cache())
  expect(names).toEqual([expect.stringMatching(/^runtime-\w+-[0-9a-f]{16}-[0-9a-f]{64}\.tar\.gz$/)])
  expect(gunzipSync(await sent(release, name)).equals(live)).toBe(true)
  await packRuntime(await made({ ...basics, 'host.mjs': '// another agent\n' }))
  expect(await readdir(cache())).toEqual(names)
})

test('that of another runtime takes its place', async () => {
  await packRuntime(release)
  const before = await readdir(cache())
  const next = await made({ ...basics, 'bin/node': '#!/bin/sh\necho another runtime\n' })
  await packRuntime(next)
  const after = await readdir(cache())
  expect(after).toHaveLength(1)
  expect(after).not.toEqual(before)
  expect(gunzipSync(await sent(next, 'next')).includes('another runtime')).toBe(true)
})

test('a damaged one is not sent as if it were whole', async () => {
  await packRuntime(release)
  const [name = ''] = await readdir(cache())
  const bytes = await readFile(join(cache(), name))
  bytes.writeUInt8((bytes.at(40) ?? 0) ^ 1, 40)
  await writeFile(join(cache(), name), bytes)
  await expect(sent(release, 'any')).rejects.toMatchObject({ code: 'release-damaged' })
})
