import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import acme from 'acme-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Authority } from './acme/authority.ts'
import { describeLab } from './describe-lab.ts'
import { type Lab, startLab } from './lab.ts'
import type { NameServer } from './names/name-server.ts'

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

  async function issue(answer: (name: string, value: string) => Promise<void>): Promise<string> {
    acme.axios.defaults.httpsAgent = new Agent({ ca: await readFile(authority.apiRoot) })
    const accountKey = await acme.crypto.createPrivateEcdsaKey()
    const client = new acme.Client({
      directoryUrl: authority.directoryUrl,
      accountKey,
      backoffMin: 100,
      backoffMax: 500,
    })
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
})
