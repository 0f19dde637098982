import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testSite } from '../../../tests/local/harness.ts'
import { letsEncrypt } from '../../certificates/acme/types.ts'
import { clockFinding } from './clock.ts'
import { limitsFinding } from './issued.ts'
import { isStandard, judge, processorsInUse, quotas } from './quotas.ts'
import { includes, operatorsFinding } from './ssh.ts'

describe('what the account may still have', () => {
  it('counts processors of standard machines that run on demand', () => {
    const cpus = { CpuOptions: { CoreCount: 1, ThreadsPerCore: 2 } }
    const running = { ...cpus, State: { Name: 'running' as const }, InstanceType: 't3.small' as const }
    const others = [
      { ...running, State: { Name: 'stopped' as const } },
      { ...running, InstanceLifecycle: 'spot' as const },
      { ...running, InstanceType: 'g5.xlarge' as const },
    ]
    expect(processorsInUse([running, running, ...others])).toBe(4)
    expect(['c7g.large', 'im4gn.large', 'm7i.large', 'z1d.large'].every(isStandard)).toBe(true)
    expect(['x2gd.large', 'p5.48xlarge', 'inf2.xlarge', 'hpc7g.4xlarge', 'trn1.2xlarge'].some(isStandard)).toBe(false)
  })

  it('is enough, or is not and more is asked for', () => {
    const need = { what: 'Elastic IPs', quota: quotas.addresses, limit: 5 }
    expect(judge({ ...need, used: 4, needed: 1 }, 'eu-west-1')).toMatchObject({ ok: true })
    // An account may stand above a quota that was lowered.
    expect(judge({ ...need, used: 9, needed: 0 }, 'eu-west-1')).toMatchObject({ ok: true })
    expect(judge({ ...need, used: 5, needed: 1 }, 'eu-west-1')).toMatchObject({
      ok: false,
      hint: expect.stringContaining('--region eu-west-1 --service-code ec2 --quota-code L-0263D0A3 --desired-value 6'),
    })
  })
})

it('takes a minute of skew for none, in both directions', () => {
  const theirs = new Date('2026-11-24T12:00:00Z')
  const ours = (skewMs: number) => clockFinding(new Date(theirs.getTime() + skewMs), theirs)
  expect(ours(59_000)).toMatchObject({ ok: true })
  expect(ours(-59_000)).toMatchObject({ ok: true })
  expect(ours(61_000)).toMatchObject({ ok: false, message: expect.stringContaining('61 s before') })
  expect(ours(-400_000)).toMatchObject({ ok: false, message: expect.stringContaining('400 s behind') })
})

describe('who may reach SSH', () => {
  it('is told by networks of both kinds', () => {
    expect(includes(['203.0.113.0/24'], '203.0.113.9')).toBe(true)
    expect(includes(['203.0.113.9'], '203.0.113.10')).toBe(false)
    expect(includes(['203.0.113.0/24', '2001:db8::/32'], '2001:db8:1::1')).toBe(true)
    expect(includes(['0.0.0.0/0'], '2001:db8:1::1')).toBe(false)
  })

  it('must be us, as far as our address is known here', () => {
    expect(operatorsFinding(['203.0.113.0/24'], ['127.0.0.1', '203.0.113.9'])).toMatchObject({ ok: true })
    expect(operatorsFinding(['203.0.113.0/24'], ['192.168.1.4', '::1'])).toMatchObject({ ok: true })
    expect(operatorsFinding(['203.0.113.0/24'], ['198.51.100.7', '10.0.0.2'])).toEqual({
      ok: false,
      message: '198.51.100.7 is not in aws.operators: 203.0.113.0/24',
      hint: expect.stringContaining('198.51.100.7/32'),
    })
  })
})

it("knows Let's Encrypt's limit for the very same names, from what was seen here", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'issued-'))
  const base = await testSite({}, folder)
  const { directory } = letsEncrypt.production
  const site = { ...base, home: folder, certificates: { ...base.certificates, directory } }
  const now = new Date('2026-11-24T12:00:00Z')
  const seen = (day: number, names: readonly string[]) => ({
    ...{ fingerprint: `${day}${names.length}`, directory, names },
    seen: `2026-11-${day}T12:00:01Z`,
  })
  const names = [site.domain, ...site.aliases].toSorted()
  try {
    expect(await limitsFinding(site, false, now)).toMatchObject({ ok: true, message: expect.stringMatching(/^0 of 5/) })
    await mkdir(join(folder, 'aws'))
    const entries = [10, 17, 18, 19, 20, 21].map((day) => seen(day, names))
    const others = [22, 23].map((day) => seen(day, ['other.test']))
    await writeFile(join(folder, 'aws', 'issued.json'), JSON.stringify([...entries, ...others]))
    expect(await limitsFinding(site, false, now)).toEqual({
      ok: false,
      message: expect.stringMatching(/^5 of 5 .* none before 2026-11-24T12:00:01/),
      hint: expect.stringContaining('letsencrypt-staging'),
    })
    expect(await limitsFinding(site, true, now)).toMatchObject({ ok: true })
  } finally {
    await rm(folder, { recursive: true })
  }
})
