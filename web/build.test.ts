import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Assets } from './assets/assets.ts'

// A plain module of the workshop: it has no types of its own.
interface Build {
  buildWeb(options: { outdir: string }): Promise<void>
}
const { buildWeb } = (await import(new URL('./build.mjs', import.meta.url).href)) as Build

let folders: [string, string]
beforeAll(async () => {
  folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'web-build-'))) as [string, string]
  for (const outdir of folders) await buildWeb({ outdir })
}, 60_000)
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(join(folder, 'web/assets'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, 'web/assets', name)).toString('base64')]),
  )

it('makes the same bytes under the same names, wherever it builds', () => {
  const [one, other] = folders.map(filesOf)
  expect(Object.keys(one ?? {}).length).toBeGreaterThan(10)
  expect(one).toEqual(other)
})

it('names every file that pages ask for, each with its hash, and forgets none', () => {
  const assets = Assets.load(join(folders[0], 'web'))
  for (const name of ['shop.js', 'shop.css', 'literata.woff2', 'icon.svg', 'OFL.txt']) {
    expect(assets.url(name)).toMatch(/^\/assets\/.+-[A-Z0-9]{8}\.\w+$/)
    expect(assets.find(assets.url(name).slice('/assets/'.length))?.bytes.length).toBeGreaterThan(0)
  }
  expect(() => assets.url('nothing.css')).toThrow('no such asset')
})

it('keeps within the budget of the home page', () => {
  const assets = Assets.load(join(folders[0], 'web'))
  const sizeOf = (name: string) => {
    const asset = assets.find(assets.url(name).slice('/assets/'.length))
    return (asset?.br ?? asset?.bytes)?.length ?? 0
  }
  expect(sizeOf('shop.css')).toBeLessThan(11 * 1024)
  expect(sizeOf('shop.js')).toBeLessThan(30 * 1024)
  expect(sizeOf('literata.woff2')).toBeLessThan(40 * 1024)
})
