import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { releaseFolders } from '../folders.ts'
import { inventory } from '../machine/inventory.ts'
import { unpackRelease } from '../machine/unpack.ts'
import type { Release } from '../release.ts'
import { makePlaces, makeRelease } from '../testing/made-release.ts'
import { bootstrapCheck, bootstrapInstall } from './bootstrap.ts'
import { agentCommand, machineLayers } from './layers.ts'
import { stagePlan } from './plan.ts'

// Everything is synced to the disk, which may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let places: Awaited<ReturnType<typeof makePlaces>>
let release: Release
beforeEach(async () => {
  places = await makePlaces()
  release = await makeRelease(places.operator)
})
afterEach(() => places.remove())

/** As a shell of the machine runs it, with nothing in its environment but PATH. */
function run([program = '', ...args]: readonly string[], input?: Buffer) {
  const child = spawn(program, args, { env: { PATH: '/usr/bin:/bin' } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  // A program that ends early does not read all.
  child.stdin.on('error', () => {}).end(input)
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

async function bytesOf(archive: Readable): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of archive) all.push(chunk)
  return Buffer.concat(all)
}

const check = async () => {
  const { argv, read } = bootstrapCheck(release.manifest, places.root)
  return read((await run(argv)).stdout)
}
const layers = () => machineLayers(release.manifest, places.root)
const install = () => bootstrapInstall(release, layers(), places.root)
const remains = () => readdir(releaseFolders(places.root).incoming)

describe('a machine that has nothing', () => {
  test('says so, and what it is', async () => {
    expect(await check()).toEqual({ architecture: process.arch, missing: layers() })
    expect(bootstrapCheck(release.manifest, places.root).read('riscv64\n').architecture).toBeUndefined()
  })

  test('gets runtime and agent, and then lacks neither', async () => {
    const { argv, archive } = install()
    expect(await run(argv, await bytesOf(archive()))).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await check()).toMatchObject({ missing: [] })
    const [node, agent] = agentCommand(release.manifest, places.root)
    expect((await run([node])).stdout).toBe('a runtime\n')
    expect((await stat(node)).mode & 0o777).toBe(0o755)
    expect(await readFile(agent, 'utf8')).toBe('// an agent\n')
    expect(await remains()).toEqual([])
  })

  test('needs what it got only once: the release links to it', async () => {
    const { argv, archive } = install()
    await run(argv, await bytesOf(archive()))
    const plan = stagePlan(release, await inventory({ root: places.root }))
    expect(plan.files.map(({ layer }) => layer)).toEqual(Array(4).fill('application'))
    const { signal } = new AbortController()
    await unpackRelease(plan.archive(), { id: release.id, root: places.root, signal })
    const [node] = agentCommand(release.manifest, places.root)
    const inRelease = await stat(join(releaseFolders(places.root).releases, release.id, 'bin/node'))
    expect(inRelease.ino).toBe((await stat(node)).ino)
  })
})

describe('an installation', () => {
  test('that is cut short or altered changes nothing', async () => {
    const { argv, archive, failure } = install()
    const whole = await bytesOf(archive())
    const tar = gunzipSync(whole)
    tar.write('x', tar.indexOf('an agent'))
    for (const input of [Buffer.alloc(0), whole.subarray(0, whole.length / 2), gzipSync(tar)]) {
      const { code, stderr } = await run(argv, input)
      expect(failure(code, stderr).code).toBe('upload-damaged')
      expect(await remains()).toEqual([])
      expect((await check()).missing).toHaveLength(2)
    }
  })

  test('without room is one clear sentence', async () => {
    const { argv, failure } = install()
    const huge = argv.map((each) => (/^\d+$/.test(each) ? String(2 ** 50) : each))
    const { code, stderr } = await run(huge)
    expect(failure(code, stderr)).toMatchObject({ code: 'disk-full', message: expect.stringContaining('KiB are free') })
    expect(await remains()).toEqual([])
  })

  test('replaces a layer that is there, and leaves others alone', async () => {
    const [runtime, agent] = layers()
    await mkdir(agent.folder, { recursive: true })
    await writeFile(join(agent.folder, 'half'), '')
    await mkdir(runtime.folder, { recursive: true })
    await writeFile(join(runtime.folder, 'half'), '')
    const { argv, archive } = bootstrapInstall(release, [agent], places.root)
    expect(await run(argv, await bytesOf(archive()))).toMatchObject({ code: 0 })
    expect((await readdir(agent.folder)).sort()).toEqual(['SHA256SUMS', 'host.mjs'])
    expect(await readdir(runtime.folder)).toEqual(['half'])
    expect((await check()).missing).toEqual([runtime])
  })

  test('that fails for another reason says what the machine said', () => {
    expect(install().failure(1, 'mkdir: cannot create directory: Permission denied\n')).toMatchObject({
      code: 'bootstrap-failed',
      message: expect.stringContaining('Permission denied'),
    })
  })
})
