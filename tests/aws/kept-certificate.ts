import { ParameterStore } from '../../provisioners/aws/certificate/parameter-store.ts'
import { connectAws } from '../../provisioners/aws/clients.ts'
import { Parameters } from '../../provisioners/aws/parameters.ts'
import { openStack } from '../../provisioners/aws/stack.ts'
import { testContext } from '../dns/context.ts'
import type { Cloud } from '../lab/aws/cloud.ts'

/** What the account of a shop keeps of its certificate, as another operator would read it; and every value that is kept. */
export async function keptCertificate(cloud: Cloud, name: string) {
  const ctx = testContext()
  const aws = connectAws({ region: cloud.environment.AWS_REGION ?? '', environment: cloud.environment })
  try {
    const parameters = new Parameters(await openStack(aws, name, ctx))
    return { store: await ParameterStore.open(parameters, ctx), values: await parameters.all(ctx) }
  } finally {
    aws.close()
  }
}

/** When each parameter whose name matches was written, in milliseconds since the epoch. */
export function writesOf(cloud: Cloud, name: RegExp): readonly number[] {
  const puts = cloud.calls().filter(({ action, outcome }) => action === 'PutParameter' && outcome?.status === 200)
  return puts.filter(({ parameters }) => name.test(String(parameters.Name))).map(({ at }) => at)
}
