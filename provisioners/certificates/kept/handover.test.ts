import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../engine/clock.ts'
import { Secret } from '../../engine/secret.ts'
import { newKey } from '../key-pair.ts'
import { createLocalAuthority, localAuthority } from '../local-ca.ts'
import { folderStore } from './folder.ts'
import { acceptHandover, betterOf, packHandover } from './handover.ts'
import type { CertificateStore } from './store.ts'

const authority = 'https://authority.example/dir'
const ctx = { signal: AbortSignal.timeout(30_000), clock: systemClock, emit: () => {} }
const hour = 3_600_000
let root: string
let operator: CertificateStore
let machine: CertificateStore

beforeEach(async () => {
  root = await mkdtemp('/tmp/handover-test-')
  operator = folderStore(join(root, 'operator'))
  machine = folderStore(join(root, 'machine'))
  await mkdir(join(root, 'ca'))
  await createLocalAuthority(join(root, 'ca'), 'test', systemClock)
})

afterEach(() => rm(root, { recursive: true }))

/** Issued so many hours ago. */
async function issued(hoursAgo: number, names = ['a.test']) {
  const clock = { ...systemClock, now: () => new Date(Date.now() - hoursAgo * hour) }
  const key = newKey()
  const chain = await localAuthority(join(root, 'ca'), clock).issue({ names, key, signal: ctx.signal })
  return { chain, key: new Secret(key), authority }
}

async function handOver(names = ['a.test']): Promise<void> {
  const packed = await packHandover(operator, authority)
  if (!packed) throw new Error('there is nothing to hand over')
  await acceptHandover(packed, machine, names, ctx)
}

it('is nothing where there is nothing', async () => {
  expect(await packHandover(operator, authority)).toBeUndefined()
})

it('gives a machine that has none the certificate and the account, and tells them to nobody', async () => {
  await operator.saveAccount(authority, { key: new Secret('an account key'), url: 'https://authority.example/acct/1' })
  const kept = await operator.keep(await issued(1))
  await handOver()
  expect(await machine.current()).toMatchObject({ id: kept.id, authority })
  expect((await machine.current())?.key.reveal()).toBe(kept.key.reveal())
  expect((await machine.account(authority))?.key.reveal()).toBe('an account key')
  expect(`${await packHandover(operator, authority)}`).not.toContain('key')
})

it('never replaces a newer certificate, nor an account that is there', async () => {
  await operator.saveAccount(authority, { key: new Secret('an account key') })
  await machine.saveAccount(authority, { key: new Secret('its own') })
  await operator.keep(await issued(5))
  const own = await machine.keep(await issued(2))
  await handOver()
  expect((await machine.current())?.id).toBe(own.id)
  expect((await machine.account(authority))?.key.reveal()).toBe('its own')
})

it('replaces an older one', async () => {
  await machine.keep(await issued(5))
  const newer = await operator.keep(await issued(2))
  await handOver()
  expect((await machine.current())?.id).toBe(newer.id)
})

it('does not take what is for other names, of another authority, or over', async () => {
  await operator.keep(await issued(1))
  const packed = await packHandover(operator, authority)
  const wanted = { names: ['a.test'], authority, now: new Date() }
  expect(betterOf(packed, undefined, wanted)).toBeDefined()
  expect(betterOf(packed, undefined, { ...wanted, names: ['a.test', 'www.a.test'] })).toBeUndefined()
  expect(betterOf(packed, undefined, { ...wanted, authority: 'https://other.example/dir' })).toBeUndefined()
  expect(betterOf(packed, undefined, { ...wanted, now: new Date(Date.now() + 20_000 * 24 * hour) })).toBeUndefined()
})

it('says until when the authority is not to be asked, to a machine without a certificate', async () => {
  await operator.saveAccount(authority, { key: new Secret('an account key') })
  await operator.saveDiary({ retryAt: '2030-01-01T00:00:00.000Z' })
  await handOver()
  expect(await machine.diary()).toEqual({ retryAt: '2030-01-01T00:00:00.000Z' })
})
