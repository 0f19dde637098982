import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import * as x509 from '@peculiar/x509'
import acme from 'acme-client'
import * as undici from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Authority } from './acme/authority.ts'
import { describeLab } from './describe-lab.ts'
import { type Lab, startLab } from './lab.ts'
import type { NameServer } from './names/name-server.ts'

/** RFC 9773, 4.1: the authority's key identifier and the serial number, both as in DER. */
function renewalIdOf(leaf: X509Certificate): string {
  const found = new x509.X509Certificate(leaf.raw).getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId ?? ''
  const serial = /^[89A-F]/.test(leaf.serialNumber) ? `00${leaf.serialNumber}` : leaf.serialNumber
  return [found, serial].map((it) => Buffer.from(it, 'hex').toString('base64url')).join('.')
}

async function fetchJson(url: string, { apiRoot }: Authority) {
  const dispatcher = new undici.Agent({ connect: { ca: await readFile(apiRoot, 'utf8') } })
  const { body } = await undici.request(url, { dispatcher, headers: { 'user-agent': 'bookstore-lab' } })
  // biome-ignore lint/suspicious/noExplicitAny: the test states what it expects by reading it
  return (await body.json()) as any
}

const challenge = '_acme-challenge.shop.test'

describeLab('an authority', () => {
  let lab: Lab
  let names: NameServer
  let authority: Authority

  beforeAll(async () => {
    lab = await startLab()
    names = await lab.nameServer({ zones: ['shop.test'] })
    authority = await lab.acme({ nameServer: names, nonceReject: 20 })
  })
  afterAll(() => lab?.close())

  async function issue(
    answer: (name: string, value: string) => Promise<void>,
    { apiRoot, directoryUrl } = authority,
  ): Promise<string> {
    acme.axios.defaults.httpsAgent = new Agent({ ca: await readFile(apiRoot) })
    const accountKey = await acme.crypto.createPrivateEcdsaKey()
    const client = new acme.Client({ directoryUrl, accountKey, backoffMin: 100, backoffMax: 500 })
    const [, csr] = await acme.crypto.createCsr({ commonName: 'shop.test' })
    return client.auto({
      csr,
      termsOfServiceAgreed: true,
      skipChallengeVerification: true,
      challengePriority: ['dns-01'],
      challengeCreateFn: (_authorization, _challenge, value) => answer(challenge, value),
      challengeRemoveFn: () => names.record(challenge, 'TXT'),
    })
  }

  it('issues a certificate for a challenge that stands in the zone', async () => {
    const chain = await issue((name, value) => names.record(name, 'TXT', value))
    const leaf = new X509Certificate(chain)
    expect(leaf.subjectAltName).toBe('DNS:shop.test')
    const intermediate = new X509Certificate(chain.slice(chain.indexOf('-----END') + 25))
    expect(leaf.verify(intermediate.publicKey)).toBe(true)
    expect(intermediate.verify(new X509Certificate(authority.root).publicKey)).toBe(true)
  })

  it('issues none for one that says something else', async () => {
    await expect(issue((name) => names.record(name, 'TXT', 'nonsense'))).rejects.toThrow('Correct value not found')
  })

  it('that is the newest suggests when to renew, and issues for as long as it is told', async () => {
    const newest = await lab.acme({ nameServer: names, newest: true, validity: 6 * 86_400, profiles: { short: 3_600 } })
    const { meta, renewalInfo } = await fetchJson(newest.directoryUrl, newest)
    expect(Object.keys(meta.profiles)).toEqual(['default', 'short'])
    const chain = await issue((name, value) => names.record(name, 'TXT', value), newest)
    const leaf = new X509Certificate(chain)
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(6 * 86_400_000)
    const [start, end] = [new Date('2020-01-01T00:00:00Z'), new Date('2020-01-02T00:00:00Z')]
    await newest.suggestRenewal(leaf.toString(), { start, end })
    const { suggestedWindow } = await fetchJson(`${renewalInfo}/${renewalIdOf(leaf)}`, newest)
    expect(suggestedWindow).toEqual({ start: start.toJSON(), end: end.toJSON() })
  })
})
