import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import {
  machineLayers,
  parseInventory,
  type Release,
  readRelease,
  stagePlan,
} from '../../provisioners/releases/index.ts'
import { bookOf, somebody } from '../catalog/support.ts'
import { startShop } from '../support/shop.ts'
import { buildHere, bundleMachineSide, copySources, newFolder, newMachine, run, shareCache } from './world.ts'

const minutes = 60_000
vi.setConfig({ testTimeout: 10 * minutes, hookTimeout: 10 * minutes })
const nothing = { architecture: 'x64', releases: [], runtimes: [], agents: [], files: [] }
let home: string
let release: Release
let machineSide: string
beforeAll(async () => {
  home = await newFolder('home')
  release = await buildHere(home, 'x64')
  machineSide = await bundleMachineSide(home)
})
afterAll(() => rm(home, { recursive: true, force: true }))

let closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function temporary(name: string): Promise<string> {
  const folder = await newFolder(name)
  closers.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

interface Edit {
  path: string
  edit(text: string): string
}

/** A copy of the sources with a command line of its own; the packages are there already. */
async function elsewhere() {
  const folder = await newFolder('elsewhere')
  await Promise.all([copySources(folder), shareCache(home, join(folder, '.bookstore'))])
  const env = { PATH: process.env.PATH ?? '', HOME: folder }
  return {
    folder,
    /** `bookstore build`, in a shell that may be odd, while a file is other than it was. */
    build: async ({ change, shell = [] }: { change?: Edit; shell?: readonly string[] } = {}) => {
      const path = join(folder, change?.path ?? 'package.json')
      const text = await readFile(path, 'utf8')
      await writeFile(path, change?.edit(text) ?? text)
      const { stdout } = await run([...shell, join(folder, 'bin/bookstore'), 'build', '--json'], { cwd: folder, env })
      await writeFile(path, text)
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    },
  }
}

describe('a build', () => {
  let copy: Awaited<ReturnType<typeof elsewhere>>
  beforeAll(async () => {
    copy = await elsewhere()
    await run(['node', join(copy.folder, 'bin/build.mjs')])
  })
  afterAll(() => rm(copy.folder, { recursive: true, force: true }))

  test('of the same sources is the same release, and asks nobody the second time', async () => {
    const path = process.env.PATH
    process.env.PATH = ''
    try {
      const again = await buildHere(home, 'x64')
      expect(again.id).toBe(release.id)
      expect(again.events).toEqual([])
      await expect(buildHere(await temporary('empty'), 'x64')).rejects.toMatchObject({ code: 'npm-missing' })
    } finally {
      process.env.PATH = path
    }
  })

  test('twice at the same time, and over one that is not whole, is that release', async () => {
    await rm(join(release.folder, 'services/auth.mjs'))
    const built = await Promise.all([buildHere(home, 'x64'), buildHere(home, 'x64')])
    for (const each of built) expect(await readRelease(each.folder)).toMatchObject({ id: release.id })
    expect(built.map(({ id }) => id)).toEqual([release.id, release.id])
  })

  test('in another folder, by another user, with another umask, language and time zone is the same', async () => {
    const asNobody = process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=65534', '--map-group=65534'] : []
    const odd = [
      'env',
      'TZ=Pacific/Chatham',
      'LANG=tr_TR.UTF-8',
      'USER=nobody',
      'sh',
      '-c',
      'umask 077; exec "$@"',
      'sh',
    ]
    const built = await copy.build({ shell: [...asNobody, ...odd] })
    expect(built).toMatchObject({ id: release.id })
    const files = await Promise.all(
      [release.folder, built.folder].map((folder) => readFile(join(folder, 'services/auth.mjs'), 'utf8')),
    )
    expect(files[0]).toBe(files[1])
  })

  test('of a line that is changed in what all processes share sends less than 1 MB', async () => {
    const { id, folder } = await copy.build({
      change: {
        path: 'services/kit/main.ts',
        edit: (text) => text.replace("?? 'serve'\n", "?? 'serve'\n  log.debug({ name }, 'a line more')\n"),
      },
    })
    const changed = await readRelease(folder)
    if (!changed) throw new Error(`${folder} is no release`)
    expect(changed.id).toBe(id)
    const files = release.manifest.files.map(({ sha256 }) => sha256)
    const plan = stagePlan(changed, { ...nothing, releases: [release.id], files })
    const paths = plan.files.map(({ path }) => path)
    for (const name of ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web']) {
      expect(paths).toContain(`services/${name}.mjs`)
    }
    let sent = 0
    for await (const chunk of plan.archive()) sent += chunk.length
    expect(sent).toBeGreaterThan(100_000)
    expect(sent).toBeLessThan(1_000_000)
  })

  test('with a mistake in it is told where, and leaves nothing', async () => {
    const told = await copy.build({ change: { path: 'services/auth/main.ts', edit: (text) => `${text}\nconst = 1\n` } })
    expect(told).toMatchObject({
      ok: false,
      error: { code: 'build-failed', message: expect.stringMatching(/auth\/main\.ts:\d+/) },
    })
    const left = await readdir(join(copy.folder, '.bookstore/releases'))
    expect(left.filter((name) => !/^[0-9a-f]{16}$/.test(name))).toEqual([])
  })

  test('for arm64 has native code for arm64 and no other', async () => {
    const { manifest, folder } = await buildHere(home, 'arm64')
    const natives = manifest.files.filter(({ path }) => /\.node$|\.so[.\d]*$|^bin\/node$/.test(path))
    expect(natives.map(({ path }) => path.split('/').at(-1))).toHaveLength(4)
    for (const { path } of natives) expect(await elfMachine(join(folder, path)), path).toBe(183)
    const x64 = release.manifest.files.filter(({ path }) => path === 'bin/node' || path.endsWith('.node'))
    for (const { path } of x64) expect(await elfMachine(join(release.folder, path)), path).toBe(62)
    const same = (file: { path: string }) => /^(services|web|migrations|seed)\//.test(file.path)
    expect(manifest.files.filter(same)).toEqual(release.manifest.files.filter(same))
  })

  test('holds nothing of this computer', async () => {
    for (const { path } of release.manifest.files.filter(({ path }) => path.endsWith('.mjs'))) {
      const text = await readFile(join(release.folder, path), 'utf8')
      expect(text.includes(process.cwd()) || text.includes('sourceMappingURL'), path).toBe(false)
    }
  })
})

/** e_machine of the ELF header (elf(5)): 62 is x86-64, 183 is AArch64. */
async function elfMachine(path: string): Promise<number> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0)
    expect(buffer.toString('latin1', 0, 4)).toBe('\x7fELF')
    return buffer.readUInt16LE(18)
  } finally {
    await file.close()
  }
}

describe('on a machine', () => {
  let machine: Awaited<ReturnType<typeof newMachine>>
  beforeAll(async () => {
    machine = await newMachine(release)
  })
  afterAll(() => machine?.remove())

  test('the agent that was installed first answers', async () => {
    const { stdout } = await run([machine.node, machine.agent, 'facts'])
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: expect.stringMatching(/^(result|error)$/),
    })
  })

  test('it is unpacked by the machine’s own Node, and its processes run there', async () => {
    const { root, node } = machine
    const before = parseInventory(JSON.parse((await run([node, machineSide, root, 'inventory'])).stdout))
    const plan = stagePlan(release, before)
    expect(plan.files.filter(({ layer }) => layer !== 'application')).toEqual([])
    const { stdout } = await run([node, machineSide, root, 'unpack', release.id], { input: plan.archive() })
    const { folder, received, linked } = JSON.parse(stdout)
    expect(received).toBe(plan.files.length)
    expect(received + linked).toBe(release.manifest.files.length)
    const scripts = Object.fromEntries(
      (['auth', 'catalog'] as const).map((name) => [name, join(folder, 'services', `${name}.mjs`)]),
    )
    const shop = await startShop(inject('cluster'), {
      services: ['auth', 'catalog'],
      node: join(folder, 'bin/node'),
      scripts,
      seed: true,
    })
    closers.push(() => shop.close())
    // Registration hashes with argon2; a cover goes through sharp.
    const seller = await somebody(shop, 'Ana García')
    const book = await bookOf(shop, seller)
    const body = await sharp({ create: { width: 40, height: 60, channels: 3, background: '#7a1f2b' } })
      .png()
      .toBuffer()
    const headers = { ...seller.headers, 'content-type': 'image/png' }
    const reply = await shop.request('catalog', 'PUT', `/catalog/books/${book}/cover`, { body, headers })
    expect(reply.status).toBe(200)
  })
})

test('as a file it is a tar of one folder that holds what the manifest says', async () => {
  const folder = await temporary('file')
  const { code, stdout } = await run(
    [join(process.cwd(), 'bin/bookstore'), 'build', '--json', '--output', 'r.tar.gz'],
    {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', BOOKSTORE_HOME: home },
    },
  )
  expect(code, stdout).toBe(0)
  await run(['tar', '-xzf', 'r.tar.gz'], { cwd: folder })
  expect((await readdir(folder)).sort()).toEqual([release.id, 'r.tar.gz'].sort())
  const diff = await run(['diff', '-r', join(folder, release.id), release.folder])
  expect(diff).toMatchObject({ code: 0, stdout: '' })
  const [runtime] = machineLayers(release.manifest)
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    id: release.id,
    architecture: 'x64',
    runtime: { version: '24.21.0', digest: runtime.digest },
    bytes: { runtime: expect.any(Number) },
  })
})

test('for a processor that there is no release for the mistake is told', async () => {
  const cwd = await temporary('usage')
  const { code, stderr } = await run([join(process.cwd(), 'bin/bookstore'), 'build', '--arch', 'x86'], { cwd })
  expect(code).toBe(64)
  expect(stderr).toContain("No release is built for 'x86'")
})
