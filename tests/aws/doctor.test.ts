import { describe, expect, it } from 'vitest'
import { awsChecks, doctorCalls } from '../../provisioners/aws/verbs/doctor.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { Shop } from './shop.ts'

describe('doctor before a shop at AWS', () => {
  const at = inCloud()

  /** What is found by each check, with these settings and this environment. */
  async function examine(settings: Parameters<typeof Shop.open>[1], environment: Record<string, string> = {}) {
    const shop = await Shop.open(at.cloud, settings)
    try {
      const operator = { confirm: async () => {}, environment: { ...at.cloud.environment, ...environment } }
      const checks = awsChecks(shop.site, operator)
      const found = await Promise.all(checks.map(async ({ name, run }) => [name, await run(shop.context())] as const))
      return Object.fromEntries(found)
    } finally {
      await shop.close()
    }
  }

  it('finds the account, the type, the image, the network and the price, and changes nothing', async () => {
    const before = at.cloud.calls().length
    expect(await examine({ region: 'us-east-1', instanceType: 't3.small', image: 'ubuntu-24.04' })).toEqual({
      'AWS account': { ok: true, message: `123456789012 in us-east-1, at ${at.cloud.endpoint}` },
      'instance type': { ok: true, message: expect.stringMatching(/^t3\.small in us-east-1[a-f](, us-east-1[a-f])*$/) },
      image: { ok: true, message: expect.stringMatching(/^ubuntu-24\.04 is ami-/) },
      network: { ok: true, message: expect.stringMatching(/^the default one, vpc-/) },
      price: { ok: true, message: 'US$ 19.67 a month' },
    })
    const actions = at.cloud.calls().slice(before)
    expect(actions.length).toBe(5)
    const asked = new Set(actions.map(({ service, action }) => `${service}:${action}`))
    expect([...asked].filter((each) => !doctorCalls.some((call) => call === each))).toEqual([])
    expect(doctorCalls.filter((call) => !/:(Describe|Get)/.test(call))).toEqual([])
  })

  it('says what does not hold, with a remedy', async () => {
    const found = await examine({ region: 'us-east-1', instanceType: 'x9.colossal' })
    expect(found['instance type']).toEqual({
      ok: false,
      message: 'No zone of us-east-1 offers the instance type x9.colossal.',
      hint: expect.stringContaining('aws.instanceType'),
    })
    expect(found.price?.message).toContain('npm run prices us-east-1')
  })

  it('says that nobody can be reached', async () => {
    const found = await examine({}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })
    expect(found['AWS account']).toMatchObject({ ok: false, message: expect.stringContaining('cannot be reached') })
  })
})
