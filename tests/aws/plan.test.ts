import { DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planAws } from '../../provisioners/aws/verbs/plan.ts'
import { withBlueprint } from '../../provisioners/aws/verbs/session.ts'
import { unmendable } from '../../provisioners/aws/verbs/unmendable.ts'
import type { Plan } from '../../provisioners/engine/step.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { Shop } from './shop.ts'

/** A machine that does not run is not entered, so that the account alone decides. */
describe('what a plan at AWS costs', { sequential: true, shuffle: false }, () => {
  let shop: Shop
  const at = inCloud()
  beforeAll(async () => {
    shop = await Shop.open(at.cloud)
  })
  afterAll(async () => {
    await shop?.down()
    await shop?.close()
  })

  const planned = (): Promise<Plan> => {
    const { environment } = at.cloud
    const [ctx, operator] = [shop.context(), { confirm: async () => {}, environment }]
    return withBlueprint(shop.site, operator, ctx, (blueprint) => planAws(shop.site, operator, blueprint, ctx))
  }
  const want = (change: Partial<NonNullable<typeof shop.site.aws>>) => {
    if (shop.site.aws) Object.assign(shop.site.aws, change)
  }

  it('is all that it makes, where there is nothing', async () => {
    const { steps, monthly } = await planned()
    expect(monthly?.before).toBe(0)
    // t3.micro at 0.012 an hour, 8 GB at 0.0952, an address at 0.005 an hour, and alarms.
    expect(monthly?.after).toBeGreaterThan(8.76 + 0.76 + 3.65)
    expect(steps.reduce((sum, { cost }) => sum + cost.monthly, 0)).toBeCloseTo(monthly?.after ?? 0)
  })

  it('is what lies between two types, changed in place with a moment of downtime', async () => {
    const before = (await planned()).monthly?.after ?? 0
    await shop.up()
    const [machine] = (await at.cloud.dump()).instance
    await at.clients.ec2.send(new StopInstancesCommand({ InstanceIds: [machine?.id ?? ''] }))
    // As callers see it: the emulator behind the front has stopped it at once.
    const shown = async () => {
      const InstanceIds = [machine?.id ?? '']
      const { Reservations } = await at.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds }))
      return Reservations?.[0]?.Instances?.[0]?.State?.Name
    }
    await expect.poll(shown, { timeout: 30_000 }).toBe('stopped')
    want({ instanceType: 't3.small' })
    const plan = await planned()
    const step = plan.steps.find(({ address }) => address === 'aws.instance/web')
    expect(step).toMatchObject({ action: 'update', cost: { downtime: 'brief', dataAtRisk: false } })
    expect(step?.changes).toContainEqual({ field: 'type', from: 't3.micro', to: 't3.small' })
    expect(step?.cost.monthly).toBeCloseTo(0.012 * 730)
    expect(plan.monthly).toEqual({ before, after: expect.closeTo(before + 8.76) })
    expect(JSON.stringify(await planned())).toBe(JSON.stringify(plan))
    await shop.up()
    expect((await shop.plan()).steps).toEqual([])
    expect((await at.cloud.dump()).instance.map(({ id }) => id)).toEqual([machine?.id])
  })

  it('tells what only a new machine could have, and leaves it', async () => {
    want({ instanceType: 't4g.small', architecture: 'arm64', volumeGb: 20, image: 'debian-13' })
    expect((await shop.plan()).steps.map(({ address }) => address)).toEqual([])
    const blueprint = await shop.blueprint()
    await blueprint.machine.read(shop.context())
    expect(unmendable(shop.site, blueprint)).toMatchObject([
      { message: expect.stringContaining('made from ubuntu-24.04, and the configuration says debian-13') },
      { message: expect.stringContaining('is for x64, and the configuration says arm64') },
      { message: expect.stringContaining('a disk of 8 GB, and the configuration says a disk of 20 GB') },
    ])
  })
})
