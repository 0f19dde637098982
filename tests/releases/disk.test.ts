import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stagePlan } from '../../provisioners/releases/index.ts'
import { basics, makePlaces, makeRelease } from '../../provisioners/releases/testing/made-release.ts'
import { bundleMachineSide, run } from './world.ts'

let places: Awaited<ReturnType<typeof makePlaces>>
let machineSide: string
beforeAll(async () => {
  places = await makePlaces()
  machineSide = await bundleMachineSide(places.operator)
})
afterAll(() => places?.remove())

/** The disk is there for one process and its children only. */
function onDiskOf(size: string, root: string, args: readonly string[], input: Parameters<typeof run>[1]) {
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const script = 'mount -t tmpfs -o size=$1 tmpfs "$2"; root=$2; shift 2; "$@"; echo; find "$root" -type f'
  return run(['unshare', ...asRoot, '--mount', 'sh', '-c', script, 'sh', size, root, process.execPath, ...args], input)
}

test.each([
  ['that is too small', '40m', 'unpack', /needs 7\d MB free on the disk of .*incoming, which has 4\d MB\./],
  ['that fills up meanwhile', '80m', 'fill', /The disk of .*incoming is full\./],
] as const)('on a disk %s nothing is left of an upload', async (_case, size, verb, sentence) => {
  const contents = { ...basics, 'web/large.txt': randomBytes(2_000_000).toString('hex') }
  const release = await makeRelease(places.operator, contents)
  const plan = stagePlan(release, { architecture: process.arch, releases: [], runtimes: [], agents: [], files: [] })
  const root = join(places.root, verb)
  await mkdir(root)
  const args = [machineSide, root, verb, release.id]
  const { stdout, stderr } = await onDiskOf(size, root, args, { input: plan.archive() })
  const [answer = '', ...left] = stdout.trim().split('\n')
  expect(JSON.parse(answer), stderr).toEqual({
    error: 'disk-full',
    message: expect.stringMatching(new RegExp(`${sentence.source}.*Nothing on the machine was changed`)),
  })
  expect(left.filter((path) => !path.endsWith('/filler'))).toEqual([])
})
