import type { Check, Finding } from '../../engine/check.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import { connectAws, type Operation } from '../clients.ts'
import { findImage, imageCalls } from '../image/find-image.ts'
import { defaultNetwork, zonesOffering } from '../network/network.ts'
import { openStack } from '../stack.ts'
import { costsOf } from './costs.ts'

/** What the checks ask of AWS. */
export const doctorCalls: readonly Operation[] = [
  'sts:GetCallerIdentity',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeVpcs',
  ...imageCalls,
]

/** What must hold in the account before a shop can stand there. Only reads. */
export function awsChecks(site: Site, { environment }: Operator): readonly Check[] {
  const { aws: settings } = site
  if (!settings) return []
  const { instanceType, image, architecture, region } = settings
  const aws = connectAws({ region, environment })
  const check = (name: string, look: (ctx: Context) => Promise<string>): Check => ({
    name,
    run: (ctx) => findingOf(() => look(ctx)),
  })
  return [
    check('AWS account', async (ctx) => {
      const { account } = await openStack(aws, site.name, ctx)
      return `${account} in ${region}${aws.endpoint === undefined ? '' : `, at ${aws.endpoint}`}`
    }),
    check('instance type', async (ctx) => {
      const zones = await zonesOffering(aws, instanceType, ctx)
      return `${instanceType} in ${zones.join(', ')}`
    }),
    check('image', async (ctx) => {
      const { id } = await findImage(aws, image, architecture, ctx)
      return id === image ? id : `${image} is ${id}`
    }),
    check('network', async (ctx) => {
      if (settings.vpc === 'dedicated') return 'one of its own'
      return `the default one, ${await defaultNetwork(aws).vpcId(ctx)}`
    }),
    check('price', async () => {
      const { monthly, asOf } = await costsOf(site)
      if (monthly !== undefined) return `US$ ${monthly.toFixed(2)} a month`
      const what = asOf === undefined ? region : `${instanceType} in ${region}`
      return `not known for ${what}; npm run prices ${region} adds it`
    }),
  ]
}

async function findingOf(look: () => Promise<string>): Promise<Finding> {
  try {
    return { ok: true, message: await look() }
  } catch (error) {
    if (!(error instanceof BookstoreError)) throw error
    return { ok: false, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
}
