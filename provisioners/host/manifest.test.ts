import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plan } from '../engine/plan.ts'
import { absent } from './machine/units.ts'
import type { Item, Manifest } from './manifest.ts'
import { itemsGone, notesOf, parseManifest, resourcesOf } from './manifest.ts'
import { TemporaryHost } from './testing/temporary-host.ts'

const item = (kind: string, name: string, spec: unknown, ...dependsOn: string[]): Item => ({
  kind,
  name,
  label: name,
  dependsOn: dependsOn as Item['dependsOn'],
  spec,
})
const manifest = (...items: Item[]): Manifest => ({ format: 1, stack: 'shop', items })
const file = (name: string, path: string) => item('file', name, { path, content: '' })

let host: TemporaryHost
beforeEach(async () => {
  host = await TemporaryHost.make()
})
afterEach(() => host.remove())

describe('what is gone from a manifest', () => {
  const gone = (before: Item[], now: Item[]) => itemsGone(manifest(...before), manifest(...now)).map(({ name }) => name)

  it('is what it no longer has', () => {
    expect(gone([file('a', '/a'), file('b', '/b')], [file('b', '/b')])).toEqual(['a'])
    expect(itemsGone(undefined, manifest())).toEqual([])
  })

  it('is not what only got another name', () => {
    expect(gone([file('a', '/a')], [file('b', '/a')])).toEqual([])
  })

  it('is the old place of what kept its name, under a name of its own', () => {
    expect(gone([file('a', '/a')], [file('a', '/b')])).toEqual(['a of before'])
  })

  it('is nothing that this agent does not understand', () => {
    expect(gone([item('teapot', 'a', {}), item('file', 'b', { content: 5 })], [])).toEqual([])
  })
})

describe('what does not fit a machine', () => {
  const swap = item('swap', 'all', {})
  const after = item('file', 'after', { path: '/bookstore', content: '' }, 'host.swap/all')
  const addresses = () => resourcesOf(manifest(swap, after), host).map(({ address, dependsOn }) => [address, dependsOn])

  it('is left out, and nobody waits for it', () => {
    expect(addresses()).toEqual([
      ['host.swap/all', []],
      ['host.file/after', ['host.swap/all']],
    ])
    Object.assign(host.facts, { memoryMb: 4096 })
    expect(addresses()).toEqual([['host.file/after', []]])
    expect(notesOf(manifest(swap), host.facts)).toEqual([])
  })

  it('is told of when somebody could miss it', () => {
    Object.assign(host.facts, { container: true })
    expect(addresses()).toEqual([['host.file/after', []]])
    expect(notesOf(manifest(swap, item('time-sync', 'all', {})), host.facts)).toHaveLength(2)
  })
})

describe('the clock', () => {
  const steps = async () => (await plan(resourcesOf(manifest(item('time-sync', 'all', {})), host), host.ctx)).steps
  const active = { ...absent, load: 'loaded', active: 'active', file: 'enabled', since: Date.now() }

  it('is left to whoever keeps it already', async () => {
    host.units.set('chrony.service', active)
    expect(await steps()).toEqual([])
  })

  it('is kept by systemd-timesyncd otherwise', async () => {
    expect(await steps()).toMatchObject([{ action: 'create' }])
    host.units.set('systemd-timesyncd.service', { ...active, active: 'inactive' })
    expect(await steps()).toMatchObject([{ action: 'update', changes: [{ field: 'state', from: 'inactive' }] }])
    host.units.set('systemd-timesyncd.service', active)
    expect(await steps()).toEqual([])
  })
})

it('of another format is refused', () => {
  expect(() => parseManifest({ format: 2, stack: 'shop', items: [] })).toThrow(
    expect.objectContaining({ code: 'manifest-invalid' }),
  )
})
