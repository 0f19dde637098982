import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, createServer, type Server } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../engine/clock.ts'
import { newKey } from './key-pair.ts'
import { createLocalAuthority, localAuthority, localNames, readAuthority } from './local-ca.ts'
import { namesOf, parseCertificate } from './store.ts'
import { makeLeaf } from './x509.ts'

let folder: string
let ca: string
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp('/tmp/authority-test-')
  await createLocalAuthority(folder, 'test', systemClock)
  ca = await readFile(join(folder, 'authority.pem'), 'utf8')
})

afterEach(async () => {
  server?.close()
  await rm(folder, { recursive: true })
})

async function issue(names: readonly string[]) {
  const key = newKey()
  return {
    key,
    cert: await localAuthority(folder, systemClock).issue({ names, key, signal: AbortSignal.timeout(5_000) }),
  }
}

/** Shakes hands for real; 'accepted', or the reason of the refusal. */
async function handshake(names: readonly string[], servername: string): Promise<string> {
  const listening = createServer(await issue(names), (socket) => socket.end())
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as { port: number }
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca }, () => resolve('accepted'))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.message))
  })
}

describe('local authority', () => {
  it('is trusted for names of this computer', async () => {
    expect(await handshake(['shop.localhost'], 'shop.localhost')).toBe('accepted')
    expect(await handshake(['shop.test'], 'shop.test')).toBe('accepted')
    expect(await handshake(['127.0.0.1', '::1', 'localhost'], 'localhost')).toBe('accepted')
  })

  it('is refused for any other name, even though it signed for it', async () => {
    expect(await handshake(['bank.example.com'], 'bank.example.com')).toBe('permitted subtree violation')
    expect(await handshake(['shop.localhost', '10.0.0.1'], 'shop.localhost')).toBe('permitted subtree violation')
    expect(await handshake(['notlocalhost'], 'notlocalhost')).toBe('permitted subtree violation')
  })

  it('may sign leaves and nothing else', async () => {
    const root = new X509Certificate(ca)
    expect(root.ca).toBe(true)
    expect(root.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    const years = (Date.parse(root.validTo) - Date.parse(root.validFrom)) / 86_400_000 / 365
    expect(years).toBeGreaterThan(9.9)
  })

  it('keeps its key to itself', async () => {
    expect((await stat(join(folder, 'authority.key'))).mode & 0o777).toBe(0o600)
  })

  it('signs for server use, 90 days at most, under a serial number of its own', async () => {
    const [one, other] = await Promise.all([issue(['a.localhost']), issue(['a.localhost'])])
    const [leaf, twin] = [new X509Certificate(one.cert), new X509Certificate(other.cert)]
    expect(leaf.serialNumber).not.toBe(twin.serialNumber)
    expect(leaf.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect((Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000).toBeLessThanOrEqual(90)
    expect(leaf.ca).toBe(false)
    expect(leaf.checkIssued(new X509Certificate(ca))).toBe(true)
  })

  it('puts all local names on a certificate', async () => {
    const names = localNames({ domain: 'shop.localhost', aliases: ['www.shop.localhost'] })
    const { cert } = await issue(names)
    expect(parseCertificate(cert).names).toEqual([
      'shop.localhost',
      'www.shop.localhost',
      'localhost',
      '127.0.0.1',
      '::1',
    ])
  })

  it('is no authority without a key that fits', async () => {
    expect(await readAuthority(folder)).toBeDefined()
    await import('node:fs/promises').then(({ writeFile }) => writeFile(join(folder, 'authority.key'), newKey()))
    expect(await readAuthority(folder)).toBeUndefined()
  })

  it('refuses to make nonsense of another authority', async () => {
    const validity = { notBefore: new Date(), notAfter: new Date(Date.now() + 1000) }
    await expect(makeLeaf(['a'], 'no key', validity, { certificate: ca, key: 'no key' })).rejects.toThrow()
  })
})

it('reads names as Node writes them', () => {
  expect(namesOf('DNS:a.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')).toEqual([
    'a.test',
    '127.0.0.1',
    '::1',
  ])
  expect(namesOf('')).toEqual([])
})
