import { type AwsBlueprint, awsBlueprint } from '../../blueprints/aws.ts'
import { createProvider } from '../../dns/create-provider.ts'
import type { Site } from '../../site.ts'
import type { CostReport } from '../../targets/target.ts'
import { connectAws } from '../clients.ts'
import { type Billed, lineOf, monthlyOf, pricesAsOf } from '../prices/prices.ts'

/** From the configuration alone: nobody is asked, and no credentials are needed. */
export async function costsOf(site: Site): Promise<CostReport> {
  const region = site.aws?.region ?? ''
  const stack = { aws: connectAws({ region, environment: {} }), name: site.name, account: '', partition: 'aws' }
  const billed = billedIn(awsBlueprint(site, stack, await createProvider({ provider: 'manual' }, {})))
  return {
    lines: billed.map(lineOf),
    monthly: monthlyOf(billed),
    asOf: pricesAsOf(region),
    beside:
      'Traffic to the outside (the first 100 GB a month are free), what lies in the bucket, and the zone at Route 53.',
  }
}

/** All that is billed of a shop. */
export function billedIn({ owned }: AwsBlueprint): readonly Billed[] {
  return owned.flatMap(({ billed = [] }) => billed)
}
