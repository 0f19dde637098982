import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../engine/clock.ts'
import { createLocalAuthority } from '../local-ca.ts'
import { type Computer, thisComputer } from './computer.ts'
import { nssStores } from './nss.ts'
import type { Root } from './store.ts'
import { systemStore } from './system.ts'
import { changeTrust } from './trust.ts'

const signal = AbortSignal.timeout(60_000)
let folder: string

beforeEach(async () => {
  folder = await mkdtemp('/tmp/trust-test-')
})

afterEach(() => rm(folder, { recursive: true }))

const root = (): Root => ({
  file: '/srv/authority.pem',
  pem: 'PEM',
  name: 'bookstore local authority 12',
  commonName: 'x',
})

function computer(overrides: Partial<Computer> = {}): Computer & { ran: string[] } {
  const ran: string[] = []
  return {
    ...thisComputer(),
    platform: 'linux',
    home: folder,
    isRoot: true,
    find: async (program) => `/bin/${program}`,
    run: async (argv) => {
      ran.push(argv.join(' '))
      return { code: 0, output: '' }
    },
    ran,
    ...overrides,
  }
}

describe('system store', () => {
  const layouts = () => [
    { folder: join(folder, 'absent'), refresh: ['other'] },
    { folder: join(folder, 'anchors'), refresh: ['update-ca-certificates'] },
  ]

  beforeEach(() => mkdir(join(folder, 'anchors')))

  it('adds, knows that it did, and removes', async () => {
    const machine = computer()
    const store = systemStore(machine, layouts())
    expect(await store.add(root(), signal)).toEqual({ store: 'system', did: 'added' })
    expect(await readdir(join(folder, 'anchors'))).toEqual(['bookstore-local-authority-12.crt'])
    expect(await store.add(root(), signal)).toEqual({ store: 'system', did: 'was there' })
    expect(await store.remove(root(), signal)).toEqual({ store: 'system', did: 'removed' })
    expect(await store.remove(root(), signal)).toEqual({ store: 'system', did: 'was not there' })
    expect(await readdir(join(folder, 'anchors'))).toEqual([])
    expect(machine.ran).toEqual(['/bin/update-ca-certificates', '/bin/update-ca-certificates'])
  })

  it('gives the exact command to whoever is not root', async () => {
    const outcome = await systemStore(computer({ isRoot: false }), layouts()).add(root(), signal)
    const file = join(folder, 'anchors/bookstore-local-authority-12.crt')
    expect(outcome).toMatchObject({
      did: 'could not',
      because: 'only root may change it',
      remedy: `sudo sh -c 'install -m 0644 /srv/authority.pem ${file} && update-ca-certificates'`,
    })
    expect(await readdir(join(folder, 'anchors'))).toEqual([])
  })

  it('names a missing tool before it changes anything', async () => {
    const outcome = await systemStore(computer({ find: async () => undefined }), layouts()).add(root(), signal)
    expect(outcome).toMatchObject({ did: 'could not', because: 'update-ca-certificates is missing' })
    expect(await readdir(join(folder, 'anchors'))).toEqual([])
  })
})

describe('browsers', () => {
  it('are named with their remedy when certutil is missing', async () => {
    await mkdir(join(folder, '.pki/nssdb'), { recursive: true })
    const [chromium] = await nssStores(computer({ find: async () => undefined }))
    const outcome = await chromium?.add(root(), signal)
    expect(outcome).toMatchObject({ store: 'Chromium', did: 'could not', because: 'the tool certutil is missing' })
    expect(outcome?.remedy).toContain('libnss3-tools')
  })

  it('come to trust the authority for real, where certutil is there', async () => {
    const real = { ...thisComputer(), home: folder, isRoot: false, platform: 'linux' }
    if ((await real.find('certutil')) === undefined) return
    const tls = join(folder, 'tls')
    await mkdir(tls)
    await createLocalAuthority(tls, 'test', systemClock)
    await mkdir(join(folder, '.mozilla/firefox/abc.default'), { recursive: true })
    await real.run(
      ['certutil', '-d', `sql:${join(folder, '.mozilla/firefox/abc.default')}`, '-N', '--empty-password'],
      signal,
    )
    const did = async (act: 'add' | 'remove') =>
      (await changeTrust(tls, act, signal, real))
        .filter(({ store }) => store !== 'system')
        .map(({ store, did }) => `${store}: ${did}`)
    const lines = (what: string) => [`Chromium: ${what}`, `Firefox (abc.default): ${what}`]
    expect(await did('add')).toEqual(lines('added'))
    expect(await did('add')).toEqual(lines('was there'))
    expect(await did('remove')).toEqual(lines('removed'))
    expect(await did('remove')).toEqual(lines('was not there'))
  })
})

it('says so when there is no authority yet', async () => {
  await expect(changeTrust(folder, 'add', signal, computer())).rejects.toMatchObject({ code: 'no-authority' })
})
