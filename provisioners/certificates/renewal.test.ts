import { mkdtemp, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newKey } from './key-pair.ts'
import { createLocalAuthority, localAuthority, readAuthority } from './local-ca.ts'
import { reasonToRenew, renewalTime } from './renewal.ts'
import { parseCertificate, type StoredCertificate } from './store.ts'

const start = new Date('2026-01-01T00:00:00Z')
const clock = { now: () => start, sleep: async () => {} }
const day = 86_400_000
const names = ['shop.localhost']
let folder: string
let authority: StoredCertificate
let leaf: StoredCertificate

beforeAll(async () => {
  folder = await mkdtemp('/tmp/renewal-test-')
  await createLocalAuthority(folder, 'test', clock)
  authority = (await readAuthority(folder)) as StoredCertificate
  const order = { names, key: newKey(), signal: AbortSignal.timeout(5_000) }
  leaf = parseCertificate(await localAuthority(folder, clock).issue(order))
})

afterAll(() => rm(folder, { recursive: true }))

const reason = (days: number, wanted = names) =>
  reasonToRenew(leaf, { names: wanted, authority }, new Date(start.getTime() + days * day))

it('leaves a young certificate alone', () => {
  expect(reason(0)).toBeUndefined()
  expect(reason(58)).toBeUndefined()
})

it('is due at two thirds of its life', () => {
  expect(Math.round((renewalTime(leaf).getTime() - start.getTime()) / day)).toBe(59)
  expect(reason(60)).toBe('two thirds of its life are over')
  expect(reason(90)).toBe('it has expired')
  expect(reason(-2)).toBe('it is not valid yet')
})

it('is due when a name is missing or another authority signs', async () => {
  expect(reason(0, ['shop.localhost', 'www.shop.localhost'])).toBe('www.shop.localhost is not on it')
  const other = await mkdtemp('/tmp/renewal-test-')
  await createLocalAuthority(other, 'other', clock)
  const stranger = (await readAuthority(other)) as StoredCertificate
  await rm(other, { recursive: true })
  expect(reasonToRenew(leaf, { names, authority: stranger }, start)).toBe('another authority signed it')
})
