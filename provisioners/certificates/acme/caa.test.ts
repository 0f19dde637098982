import { expect, it } from 'vitest'
import { type Asked, type CaaRecord, whyForbidden } from './caa.ts'

const asked: Asked = { identities: ['letsencrypt.org'], wildcard: false, account: 'https://authority.example/acct/1' }
const record = (tag: string, value: string, critical = false): CaaRecord => ({ tag, value, critical })
const refused = expect.any(String)

it.each([
  ['nothing about issuing', [record('iodef', 'mailto:a@b.test')], {}, undefined],
  ['ours', [record('issue', 'letsencrypt.org')], {}, undefined],
  ['ours, in capitals', [record('issue', 'LetsEncrypt.org')], {}, undefined],
  ['ours among others', [record('issue', 'other.example'), record('issue', 'letsencrypt.org')], {}, undefined],
  ['nobody', [record('issue', ';')], {}, refused],
  ['another', [record('issue', 'other.example')], {}, refused],
  ['our account', [record('issue', 'letsencrypt.org; accounturi=https://authority.example/acct/1')], {}, undefined],
  ['another account', [record('issue', 'letsencrypt.org;accounturi=https://authority.example/acct/2')], {}, refused],
  ['proof by DNS', [record('issue', 'letsencrypt.org; validationmethods=http-01,dns-01')], {}, undefined],
  ['proof by HTTP only', [record('issue', 'letsencrypt.org; validationmethods=http-01')], {}, refused],
  ['no wildcards', [record('issue', 'letsencrypt.org'), record('issuewild', ';')], { wildcard: true }, refused],
  ['no wildcards, which we do not want', [record('issue', 'letsencrypt.org'), record('issuewild', ';')], {}, undefined],
  ['wildcards by ours', [record('issue', ';'), record('issuewild', 'letsencrypt.org')], { wildcard: true }, undefined],
  ['wildcards as all', [record('issue', 'letsencrypt.org')], { wildcard: true }, undefined],
  ['an unknown property', [record('future', 'x')], {}, undefined],
  ['an unknown critical property', [record('issue', 'letsencrypt.org'), record('future', 'x', true)], {}, refused],
])('a CAA set that allows %s', (_, records, extra, reason) => {
  expect(whyForbidden(records, { ...asked, ...extra })).toEqual(reason)
})
