import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../engine/clock.ts'
import { Secret } from '../../engine/secret.ts'
import { newKey } from '../key-pair.ts'
import { createLocalAuthority, localAuthority } from '../local-ca.ts'
import { readCertificate } from '../store.ts'
import { folderStore, servedFiles } from './folder.ts'
import type { CertificateStore } from './store.ts'

const directory = 'https://authority.example/dir'
const ctx = { signal: AbortSignal.timeout(30_000), clock: systemClock, emit: () => {} }
let root: string
let folder: string
let store: CertificateStore

beforeEach(async () => {
  root = await mkdtemp('/tmp/kept-test-')
  folder = join(root, 'certificates')
  store = folderStore(folder)
  await mkdir(join(root, 'ca'))
  await createLocalAuthority(join(root, 'ca'), 'test', systemClock)
})

afterEach(() => rm(root, { recursive: true }))

async function issued() {
  const key = newKey()
  const chain = await localAuthority(join(root, 'ca'), systemClock).issue({
    names: ['a.test'],
    key,
    signal: ctx.signal,
  })
  return { chain, key: new Secret(key), authority: directory }
}

async function modes(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() || entry.isDirectory())
  const found = files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mode & 0o077)
  return (await Promise.all(found)).map((mode) => mode.toString(8))
}

it('is empty at first', async () => {
  expect([await store.current(), await store.account(directory), await store.orders(), await store.diary()]).toEqual([
    undefined,
    undefined,
    [],
    {},
  ])
  await store.removeOrder(directory)
})

it('gives back what it was given, to whoever opens it next, and to nobody else', async () => {
  const key = new Secret('a key')
  await store.saveAccount(directory, { key, url: 'https://authority.example/acct/1' })
  await store.saveAccount('https://authority.example/other', { key: new Secret('another key') })
  const order = { authority: directory, names: ['a.test'], key, values: [{ name: 'a', value: 'b' }] }
  await store.saveOrder(order)
  await store.saveOrder({ ...order, url: 'https://authority.example/order/1', values: [] })
  await store.saveDiary({ retryAt: '2026-11-24T09:00:00.000Z' })
  const again = folderStore(folder)
  expect((await again.account(directory))?.key.reveal()).toBe('a key')
  expect(await again.orders()).toMatchObject([{ url: 'https://authority.example/order/1', values: [] }])
  expect((await again.orders())[0]?.key.reveal()).toBe('a key')
  expect(await again.diary()).toEqual({ retryAt: '2026-11-24T09:00:00.000Z' })
  expect(new Set(await modes(folder))).toEqual(new Set(['0']))
  await again.removeOrder(directory)
  expect(await store.orders()).toEqual([])
})

it('exchanges certificate and key in one instant', async () => {
  const [one, other] = [await issued(), await issued()]
  await store.keep(one)
  const files = servedFiles(folder)
  const reading = { on: true, seen: new Set<string>() }
  const reader = (async () => {
    // As NGINX does it: the folder once, then both files in it.
    while (reading.on) {
      const target = join(folder, await readlink(join(folder, 'current')))
      const found = await readCertificate({ certificate: join(target, 'fullchain.pem'), key: join(target, 'key.pem') })
      reading.seen.add(found?.fingerprint ?? 'torn')
    }
  })()
  const ids: string[] = []
  for (let turn = 0; turn < 20; turn++) ids.push((await store.keep(turn % 2 ? one : other)).fingerprint)
  reading.on = false
  await reader
  expect([...reading.seen].every((fingerprint) => ids.includes(fingerprint))).toBe(true)
  expect((await readCertificate(files))?.fingerprint).toBe((await store.current())?.fingerprint)
})

it('keeps the same certificate once, a few old ones, and no remains', async () => {
  const first = await issued()
  expect((await store.keep(first)).id).toBe((await store.keep(first)).id)
  for (let count = 0; count < 5; count++) await store.keep(await issued())
  await writeFile(join(folder, 'versions', '.half-written'), '')
  const last = await store.keep(await issued())
  const versions = await readdir(join(folder, 'versions'))
  expect(versions.length).toBeLessThanOrEqual(4)
  expect(versions).toContain(last.id)
  expect((await store.current())?.id).toBe(last.id)
})

it('takes a certificate whose key does not fit, or is gone, for none', async () => {
  const { id } = await store.keep(await issued())
  await writeFile(join(folder, 'versions', id, 'key.pem'), newKey())
  expect(await store.current()).toBeUndefined()
  await rm(join(folder, 'versions', id, 'key.pem'))
  expect(await store.current()).toBeUndefined()
})

it('shows no key to whoever prints what it gives', async () => {
  const kept = await store.keep(await issued())
  const text = await readFile(servedFiles(folder).key, 'utf8')
  expect(text).toContain('PRIVATE KEY')
  expect(JSON.stringify([kept, await store.current()])).not.toContain('PRIVATE KEY')
})

it('lets one in at a time', async () => {
  let inside = 0
  const most: number[] = []
  const enter = () =>
    store.locked(async () => {
      inside += 1
      most.push(inside)
      await new Promise((resolve) => setTimeout(resolve, 20))
      inside -= 1
    }, ctx)
  await Promise.all([enter(), enter(), enter()])
  expect(most).toEqual([1, 1, 1])
})
