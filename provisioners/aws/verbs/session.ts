import { setMaxListeners } from 'node:events'
import { type AwsBlueprint, awsBlueprint } from '../../blueprints/aws.ts'
import { createProvider } from '../../dns/create-provider.ts'
import { dnsSecretsFrom } from '../../dns/settings.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import { connectAws } from '../clients.ts'
import { withRemedy } from '../policy/remedy.ts'
import { openStack } from '../stack.ts'

/** Lets `work` have the blueprint of a site in the account that the operator's credentials are of. */
export async function withBlueprint<T>(
  site: Site,
  operator: Operator,
  ctx: Context,
  work: (blueprint: AwsBlueprint) => Promise<T>,
): Promise<T> {
  const { environment } = operator
  // A dozen calls at once, each of which hears of an interruption.
  setMaxListeners(0, ctx.signal)
  const aws = connectAws({ region: site.aws?.region ?? '', environment })
  try {
    const [stack, provider] = await Promise.all([
      openStack(aws, site.name, ctx),
      createProvider(site.dns, dnsSecretsFrom(site.dns.provider, environment)),
    ])
    if (aws.endpoint !== undefined) ctx.emit(notAws(aws.endpoint))
    const blueprint = awsBlueprint(site, stack, provider)
    return await work(blueprint).catch((error: unknown) => {
      throw withRemedy(error, site, blueprint)
    })
  } finally {
    aws.close()
  }
}

function notAws(endpoint: string) {
  const message = `AWS_ENDPOINT_URL is set: all of this happens at ${endpoint}, not at AWS.`
  return { type: 'note', level: 'warning', message } as const
}
