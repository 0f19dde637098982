import { appendFile, chmod, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nativePackages } from '../../provisioners/releases/build/natives.ts'
import { cachedPackages } from '../../provisioners/releases/build/package-cache.ts'
import type { PackageSpec } from '../../provisioners/releases/build/package-spec.ts'
import { makePlaces } from '../../provisioners/releases/testing/made-release.ts'

let places: Awaited<ReturnType<typeof makePlaces>>
let small: PackageSpec
beforeEach(async () => {
  places = await makePlaces()
  small = (await nativePackages('x64')).get('node_modules/detect-libc') as PackageSpec
})
afterEach(() => places.remove())

const cache = () => join(places.operator, 'cache')
/** The folder of the package, and how often npm was run for it. */
async function get(spec: PackageSpec, signal = new AbortController().signal) {
  let fetched = 0
  const counting = (_missing: readonly PackageSpec[], work: () => Promise<void>) => {
    fetched++
    return work()
  }
  const found = (await cachedPackages([spec], cache(), signal, counting)).get(spec)
  if (!found) throw new Error('not found')
  return { ...found, fetched }
}

test('a package is fetched once, without what does not run, and again when its copy was altered', async () => {
  const first = await get(small)
  expect(first.fetched).toBe(1)
  const paths = first.files.map(({ path }) => path)
  expect(paths).toContain('lib/detect-libc.js')
  expect(paths).toContain('LICENSE')
  expect(paths).not.toContain('index.d.ts')
  expect(await get(small)).toMatchObject({ fetched: 0, files: first.files })
  const file = join(first.folder, 'lib/detect-libc.js')
  const text = await readFile(file, 'utf8')
  await appendFile(file, '// something')
  expect(await get(small)).toMatchObject({ fetched: 1, files: first.files })
  expect(await readFile(file, 'utf8')).toBe(text)
  await chmod(file, 0o600)
  expect(await get(small)).toMatchObject({ fetched: 1 })
})

test('another package of the same name and version is refused, and nothing of it stays', async () => {
  const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`
  await expect(get({ ...small, integrity })).rejects.toMatchObject({
    code: 'package-altered',
    message: expect.stringContaining(`detect-libc ${small.version}`),
  })
  expect(await readdir(cache())).toEqual([])
})

test('what npm cannot get is told with npm’s reason', async () => {
  await expect(get({ ...small, version: '0.0.0-nothing' })).rejects.toMatchObject({
    code: 'package-unavailable',
    message: expect.stringMatching(/^npm could not fetch detect-libc@0\.0\.0-nothing: .*ETARGET/),
  })
  expect(await readdir(cache())).toEqual([])
})

test('an interruption ends npm and leaves nothing', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const getting = get(small, stop.signal)
  setTimeout(() => stop.abort(reason), 50)
  await expect(getting).rejects.toBe(reason)
  expect(await readdir(cache())).toEqual([])
})
