import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { releaseFolders } from '../../provisioners/releases/folders.ts'
import { stagePlan } from '../../provisioners/releases/index.ts'
import { isIntact } from '../../provisioners/releases/machine/content.ts'
import { inventory } from '../../provisioners/releases/machine/index.ts'
import { basics, makePlaces, makeRelease } from '../../provisioners/releases/testing/made-release.ts'
import { bundleMachineSide } from './world.ts'

let places: Awaited<ReturnType<typeof makePlaces>>
let machineSide: string
beforeAll(async () => {
  places = await makePlaces()
  machineSide = await bundleMachineSide(places.operator)
})
afterAll(() => places?.remove())

/** Lets an upload run for so long after it has begun, then kills it. True when it was done before. */
async function unpackFor(patienceMs: number, id: string, archive: Readable): Promise<boolean> {
  const child = spawn(process.execPath, [machineSide, places.root, 'unpack', id], { stdio: ['pipe', 'ignore', 'pipe'] })
  let timer: NodeJS.Timeout | undefined
  child.stderr.once('data', () => {
    timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  })
  child.stdin.on('error', () => {})
  archive.pipe(child.stdin)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  archive.destroy()
  return code === 0
}

test('killed at any moment, an upload leaves a whole release or none, and goes on the next time', async () => {
  const { root } = places
  const noise = () => randomBytes(300_000).toString('hex')
  const contents = { ...basics, 'web/a.txt': noise(), 'web/b.txt': noise(), 'web/c.txt': noise() }
  const release = await makeRelease(places.operator, contents)
  const { releases, incoming } = releaseFolders(root)
  let done = false
  let killed = 0
  const lacking: number[] = []
  for (let patienceMs = 1; !done; patienceMs *= 1.5) {
    const plan = stagePlan(release, await inventory({ root }))
    lacking.push(plan.files.length)
    done = await unpackFor(patienceMs, release.id, plan.archive())
    if (!done) killed++
    for (const id of await readdir(releases).catch(() => [])) expect(await isIntact(join(releases, id))).toBe(true)
  }
  expect(killed).toBeGreaterThan(0)
  expect(lacking).toEqual(lacking.toSorted((a, b) => b - a))
  expect(await readdir(releases)).toEqual([release.id])
  expect(await readdir(incoming)).toEqual([])
})
