import { createServer } from 'node:net'
import {
  AllocateAddressCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { awsChecks, doctorCalls } from '../../provisioners/aws/verbs/doctor.ts'
import type { Finding } from '../../provisioners/engine/check.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { Shop } from './shop.ts'

/** Nobody is there, so that nothing but the account decides. */
const directory = 'https://127.0.0.1:1/directory'
const dnsView = { resolvers: [{ address: '127.0.0.1', port: 1 }] }

describe('doctor before a shop at AWS', () => {
  const at = inCloud()

  interface Circumstances {
    environment?: Record<string, string>
    /** This computer's clock is so far before that of everybody else. */
    aheadMs?: number
  }

  async function examine(shop: Shop, { environment, aheadMs = 0 }: Circumstances = {}) {
    shop.site.certificates.directory = directory
    const operator = { confirm: async () => {}, environment: { ...at.cloud.environment, ...environment } }
    const context = shop.context()
    const clock = { ...context.clock, now: () => new Date(Date.now() + aheadMs) }
    const checks = awsChecks(shop.site, operator, dnsView)
    const found = checks.map(async ({ name, run }) => [name, await run({ ...context, clock })] as const)
    return Object.fromEntries(await Promise.all(found)) as Record<string, Finding>
  }

  /** What is found by each check, with these settings, before there is anything. */
  async function prospects(settings: Parameters<typeof Shop.open>[1], circumstances?: Circumstances) {
    const shop = await Shop.open(at.cloud, settings)
    try {
      return await examine(shop, circumstances)
    } finally {
      await shop.close()
    }
  }

  const namesSince = (order: number) =>
    at.cloud
      .calls()
      .slice(order)
      .map(({ service, action }) => `${service}:${action}`)

  it('finds what up will ask of the account, and changes nothing', async () => {
    const order = at.cloud.calls().length
    const found = await prospects({ region: 'us-east-1', instanceType: 't3.small', image: 'ubuntu-24.04' })
    expect(found).toMatchObject({
      'AWS account': { ok: true, message: `123456789012 in us-east-1, at ${at.cloud.endpoint}` },
      'clock of AWS': { ok: true, message: expect.stringMatching(/^\d+ s from that of AWS$/) },
      'instance type': { ok: true, message: expect.stringMatching(/^t3\.small in us-east-1[a-f](, us-east-1[a-f])*$/) },
      image: { ok: true, message: expect.stringMatching(/^ubuntu-24\.04 is ami-/) },
      network: { ok: true, message: expect.stringMatching(/^the default one, vpc-/) },
      'quota of machines': { ok: true, message: '0 of 5 vCPUs in use, 2 more needed' },
      'quota of addresses': { ok: true, message: '0 of 5 Elastic IPs in use, 1 more needed' },
      zone: { ok: false, hint: expect.any(String) },
      CAA: { ok: false, message: expect.stringContaining('127.0.0.1:1 cannot be reached') },
      price: { ok: true, message: 'US$ 21.27 a month, by prices of 2026-07-20' },
      'what is left of others': { ok: true, message: 'nothing' },
    })
    const asked = namesSince(order)
    expect(asked.length).toBe(14)
    expect(asked.filter((each) => !doctorCalls.some((call) => call === each))).toEqual([])
    expect(doctorCalls.filter((call) => !/:(Describe|Get)/.test(call))).toEqual([])
  })

  it('says what does not hold, with a remedy', async () => {
    const found = await prospects({ region: 'us-east-1', instanceType: 'x9.colossal', architecture: 'arm64' })
    expect(found['instance type']).toEqual({
      ok: false,
      message: 'No zone of us-east-1 offers the instance type x9.colossal.',
      hint: expect.stringContaining('aws.instanceType'),
    })
    expect(found.price?.message).toContain('npm run prices us-east-1')
    const misfit = await prospects({ instanceType: 't3.small', architecture: 'arm64' })
    expect(misfit['instance type']).toMatchObject({ ok: false, message: expect.stringContaining('x86_64') })
  })

  it('says that nobody can be reached', async () => {
    const found = await prospects({}, { environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } })
    expect(found['AWS account']).toMatchObject({ ok: false, message: expect.stringContaining('cannot be reached') })
  })

  it('compares the clock of this computer with that of AWS', async () => {
    const found = await prospects({}, { aheadMs: 600_000 })
    expect(found['clock of AWS']).toEqual({
      ok: false,
      message: expect.stringMatching(/^(599|600|601) s before that of AWS/),
      hint: expect.stringContaining('timedatectl'),
    })
  })

  it('counts what the account may still have', async () => {
    at.cloud.quota('L-1216C47A', 1)
    at.cloud.quota('L-F678F1CE', 1)
    const found = await prospects({ instanceType: 't3.small', vpc: 'dedicated' })
    at.cloud.quota('L-1216C47A', 5)
    at.cloud.quota('L-F678F1CE', 5)
    expect(found['quota of machines']).toEqual({
      ok: false,
      message: '0 of 1 vCPUs in use, 2 more needed',
      hint: expect.stringMatching(/--service-code ec2 --quota-code L-1216C47A --desired-value 2$/),
    })
    expect(found['quota of networks']).toMatchObject({ ok: false, message: '1 of 1 VPCs in use, 1 more needed' })
    expect(found['quota of addresses']).toMatchObject({ ok: true })
  })

  it('lists what is left of shops without a machine, and what that costs', async () => {
    const Tags = [{ Key: 'bookstore:stack', Value: 'old' }]
    const { ec2 } = at.clients
    const { AllocationId } = await ec2.send(
      new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: [{ ResourceType: 'elastic-ip', Tags }] }),
    )
    const volume = { AvailabilityZone: 'eu-central-1a', Size: 10, VolumeType: 'gp3' } as const
    const { VolumeId } = await ec2.send(
      new CreateVolumeCommand({ ...volume, TagSpecifications: [{ ResourceType: 'volume', Tags }] }),
    )
    // What was made a moment ago is not seen yet.
    const left = () => prospects({}).then((found) => found['what is left of others'])
    await expect.poll(left, { timeout: 10_000 }).toEqual({
      ok: false,
      message: expect.stringMatching(
        /^2 things without a machine, US\$ 4\.60 a month: address 127\S+ of old \(3\.65\), disk vol-\S+ \(10 GB\) of old \(0\.95\)$/,
      ),
      hint: 'Of old: bookstore down with that name: in bookstore.yaml.',
      details: {
        monthly: 4.6,
        remains: [
          { stack: 'old', what: expect.stringMatching(/^address /), monthly: 3.65 },
          { stack: 'old', what: `disk ${VolumeId} (10 GB)`, monthly: expect.closeTo(0.952) },
        ],
      },
    })
    await ec2.send(new DeleteVolumeCommand({ VolumeId }))
    await ec2.send(new ReleaseAddressCommand({ AllocationId }))
  })

  it('looks at the machine that stands with as many calls', async () => {
    const shop = await Shop.open(at.cloud)
    await shop.up()
    const order = at.cloud.calls().length
    const found = await examine(shop)
    expect(namesSince(order).length).toBe(14)
    expect(found['quota of machines']?.message).toContain('no more needed')
    expect(found['quota of addresses']).toEqual({ ok: true, message: '1 of 5 Elastic IPs in use, no more needed' })
    expect(found['limits of the authority']?.message).toContain('keeps its certificate')
    const { SSH } = found
    expect(SSH).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^nobody answers SSH at 127\S+: ECONNREFUSED/),
    })
    expect(SSH?.hint).toContain('aws.operators (203.0.113.0/24)')
    const ip = /at (127\S+):/.exec(SSH?.message ?? '')?.[1]
    const server = createServer((socket) => socket.end('SSH-2.0-Test\r\n'))
    await new Promise<void>((resolve) => server.listen(22, ip, resolve))
    try {
      expect((await examine(shop)).SSH).toEqual({ ok: true, message: `${ip} answers: SSH-2.0-Test` })
    } finally {
      server.close()
      await shop.down()
      await shop.close()
    }
  })
})
