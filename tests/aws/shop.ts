import { setMaxListeners } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAws } from '../../provisioners/aws/clients.ts'
import { openStack } from '../../provisioners/aws/stack.ts'
import { type AwsBlueprint, awsBlueprint } from '../../provisioners/blueprints/aws.ts'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import { apply, type Summary } from '../../provisioners/engine/apply.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { failureOf } from '../../provisioners/engine/converge.ts'
import type { Event } from '../../provisioners/engine/events.ts'
import { plan, planDestroy } from '../../provisioners/engine/plan.ts'
import type { Context } from '../../provisioners/engine/resource.ts'
import type { AwsSettings, Site } from '../../provisioners/site.ts'
import type { Cloud } from '../lab/aws/cloud.ts'
import { testSite } from '../local/harness.ts'

export interface ShopOptions extends Partial<Omit<AwsSettings, 'region'>> {
  name?: string
  region?: string
  alerts?: string
}

/** What is made at AWS for a shop, without the machine's inside, in an account of the lab. */
export class Shop {
  readonly events: Event[] = []
  readonly folder: string
  readonly site: Site
  readonly #cloud: Cloud

  private constructor(cloud: Cloud, folder: string, site: Site) {
    this.#cloud = cloud
    this.folder = folder
    this.site = site
  }

  static async open(cloud: Cloud, { name = 'shop', region, alerts, ...settings }: ShopOptions = {}): Promise<Shop> {
    const folder = await mkdtemp(join(tmpdir(), 'aws-shop-'))
    const aws: AwsSettings = {
      region: region ?? cloud.environment.AWS_REGION ?? 'us-east-1',
      instanceType: 't3.micro',
      image: 'ubuntu-24.04',
      architecture: 'x64',
      vpc: 'default',
      volumeGb: 8,
      operators: ['203.0.113.0/24'],
      instances: undefined,
      ...settings,
    }
    const base = await testSite({}, folder)
    const site: Site = {
      ...base,
      name,
      domain: 'proyecto2.test',
      target: 'aws',
      aws,
      alerts,
      dns: { provider: 'manual' },
    }
    return new Shop(cloud, folder, site)
  }

  context(signal = AbortSignal.timeout(100_000)): Context {
    setMaxListeners(0, signal)
    return { clock: systemClock, signal, emit: (event) => void this.events.push(event) }
  }

  /** As another process of an operator would have it: nothing is remembered. */
  async blueprint(): Promise<AwsBlueprint> {
    const environment = { ...this.#cloud.environment, BOOKSTORE_AWS_CONSISTENCY_MS: '1500' }
    const aws = connectAws({ region: this.site.aws?.region ?? '', environment })
    const provider = await createProvider(this.site.dns, {})
    return awsBlueprint(this.site, await openStack(aws, this.site.name, this.context()), provider)
  }

  async plan() {
    const { resources } = await this.blueprint()
    return plan(resources, this.context())
  }

  async up(ctx = this.context()): Promise<Summary> {
    const { resources } = await this.blueprint()
    return finished(await apply(await plan(resources, ctx), resources, ctx), ctx)
  }

  async down(ctx = this.context()): Promise<Summary> {
    const { resources, parameters } = await this.blueprint()
    const summary = finished(await apply(await planDestroy(resources, ctx), resources, ctx), ctx)
    await parameters.remove(
      (await parameters.fresh(ctx)).map(({ name }) => name),
      ctx,
    )
    return summary
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}

function finished(summary: Summary, ctx: Context): Summary {
  const failure = failureOf(summary, ctx.signal)
  if (failure) throw failure
  return summary
}
