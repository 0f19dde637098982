import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  buildPresent,
  clockSanity,
  computerChecks,
  diskSpace,
  nameResolution,
  nodeVersion,
  writeAccess,
} from './checks.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checks-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['20.11.0', true],
  ['20.20.2', true],
  ['24.1.0', true],
  ['20.10.9', false],
  ['18.20.0', false],
])('Node %s: %s', (version, ok) => {
  expect(nodeVersion(version).ok).toBe(ok)
})

test('a build is there when it was finished', async () => {
  expect(await buildPresent(folder)).toMatchObject({ ok: false, hint: expect.stringContaining('npm run build') })
  await writeFile(join(folder, 'stamp.json'), '{}')
  expect((await buildPresent(folder)).ok).toBe(true)
})

test('a clock before the build is wrong', async () => {
  await writeFile(join(folder, 'stamp.json'), '{}')
  expect((await clockSanity(new Date(), folder)).ok).toBe(true)
  expect((await clockSanity(new Date(0), folder)).ok).toBe(false)
  expect((await clockSanity(new Date(0), join(folder, 'none'))).ok).toBe(true)
})

test('a home that is not there yet is judged by the folder above', async () => {
  const home = join(folder, 'not', 'yet')
  expect(await writeAccess(home)).toEqual({ ok: true, message: home })
  expect(await diskSpace(home)).toMatchObject({ ok: true, message: expect.stringMatching(/^\d+\.\d GiB free$/) })
})

test('a file in the way of the home is found', async () => {
  expect((await writeAccess('/proc/self/nowhere')).ok).toBe(false)
})

test.each([
  [['127.0.0.1', '::1'], true, 'is 127.0.0.1'],
  [['127.0.0.53'], true, 'is 127.0.0.53'],
  [['93.184.216.34'], false, 'not this computer'],
])('a name that resolves to %s', async (addresses, ok, text) => {
  const finding = await nameResolution('shop.localhost', async () => addresses)
  expect(finding).toMatchObject({ ok, message: expect.stringContaining(text) })
})

test('a resolver that does not know .localhost is no obstacle', async () => {
  const finding = await nameResolution('shop.localhost', () => Promise.reject(new Error('ENOTFOUND')))
  expect(finding.ok).toBe(true)
})

test('the checks have names of their own', () => {
  const names = computerChecks({ home: folder }).map((check) => check.name)
  expect(new Set(names).size).toBe(names.length)
})
