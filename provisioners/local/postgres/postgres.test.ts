import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chooseIdentity, type Question } from './identity.ts'
import { libraryEnvironment, linkLibraries } from './libraries.ts'
import { chooseServer, type PostgresServer } from './locate.ts'
import { scramVerifier } from './scram.ts'

const server = (version: string, kind: PostgresServer['kind'] = 'system'): PostgresServer => ({
  kind,
  version,
  major: Number.parseInt(version, 10),
  bin: `/pg/${version}`,
})

describe('which PostgreSQL runs', () => {
  const found = [server('16.4'), server('15.18'), server('18.4', 'embedded')]

  it('is the first that is new enough', () => {
    expect(chooseServer(found, undefined, 'auto').version).toBe('16.4')
    expect(chooseServer([server('13.9'), server('18.4', 'embedded')], undefined, 'auto').version).toBe('18.4')
  })

  it('is the one that wrote the data, whatever else is there', () => {
    expect(chooseServer(found, 15, 'auto').version).toBe('15.18')
    expect(chooseServer(found, 18, 'auto').version).toBe('18.4')
  })

  it('is none when no one can read the data, and the sentence says what to do', () => {
    const refuse = () => chooseServer(found, 17, 'auto')
    expect(refuse).toThrow(
      /written by PostgreSQL 17.*16\.4 \(system\), 15\.18 \(system\), 18\.4 \(embedded\).*untouched/,
    )
    expect(refuse).toThrow(
      expect.objectContaining({ code: 'postgres-version', hint: expect.stringContaining('postgresql-17') }),
    )
  })

  it('is none when there is none', () => {
    expect(() => chooseServer([], undefined, 'system')).toThrow(expect.objectContaining({ code: 'postgres-missing' }))
    expect(() => chooseServer([server('12.1')], undefined, 'auto')).toThrow(/14 or newer/)
  })
})

describe('as whom it runs', () => {
  const question = (answers: Partial<Question>): Question => ({
    uid: 0,
    dataOwner: undefined,
    namespaceWorks: async () => true,
    nobody: async () => ({ uid: 65_534, gid: 65_534 }),
    barrier: async () => undefined,
    ...answers,
  })

  it('an ordinary user is himself', async () => {
    expect((await chooseIdentity(question({ uid: 1000 }))).kind).toBe('self')
  })

  it('root goes into a user namespace', async () => {
    const identity = await chooseIdentity(question({}))
    expect(identity).toEqual({
      kind: 'namespace',
      prefix: ['unshare', '--user', '--map-user=65534', '--map-group=65534'],
    })
  })

  it('root becomes nobody where there are no namespaces, and stays nobody for data that nobody made', async () => {
    expect((await chooseIdentity(question({ namespaceWorks: async () => false }))).user).toEqual({
      uid: 65_534,
      gid: 65_534,
    })
    expect((await chooseIdentity(question({ dataOwner: 65_534 }))).kind).toBe('nobody')
  })

  it('says what is in the way of nobody', async () => {
    const stuck = question({ namespaceWorks: async () => false, barrier: async () => '/root' })
    await expect(chooseIdentity(stuck)).rejects.toMatchObject({
      code: 'postgres-root',
      hint: expect.stringContaining('BOOKSTORE_HOME'),
    })
  })
})

describe('libraries of the binary package', () => {
  it('get the links that npm does not pack, in a folder of ours', async () => {
    const folder = await mkdtemp('/tmp/libraries-test-')
    const native = join(folder, 'package/native')
    await mkdir(join(native, 'lib'), { recursive: true })
    await writeFile(join(native, 'lib/libicu.so.60.2'), '')
    const links = [{ source: 'native/lib/libicu.so.60.2', target: 'native/lib/libicu.so.60' }]
    await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links))
    const embedded = { ...server('18.4', 'embedded'), bin: join(native, 'bin') }
    const farm = join(folder, 'lib/postgres-18.4')
    expect(Object.values(await libraryEnvironment(embedded, join(folder, 'lib')))).toEqual([farm])
    await linkLibraries(embedded, join(folder, 'lib'))
    await linkLibraries(embedded, join(folder, 'lib'))
    expect((await readdir(farm)).sort()).toEqual(['libicu.so.60', 'libicu.so.60.2'])
    expect(await readlink(join(farm, 'libicu.so.60'))).toBe(join(native, 'lib/libicu.so.60.2'))
    await import('node:fs/promises').then(({ symlink }) => symlink('libicu.so.60.2', join(native, 'lib/libicu.so.60')))
    expect(await libraryEnvironment(embedded, join(folder, 'lib'))).toEqual({})
    expect(await libraryEnvironment(server('15.18'), join(folder, 'lib'))).toEqual({})
    await rm(folder, { recursive: true })
  })
})

it('stores a password as PostgreSQL itself would', () => {
  // Password, salt and count of the example in RFC 7677, section 3.
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
})
