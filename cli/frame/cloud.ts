import { targetOf } from '../../provisioners/targets/index.ts'
import type { Cloud } from '../../provisioners/targets/target.ts'
import type { Invocation } from '../verb.ts'
import { usageError } from './usage.ts'

/** For the verbs about money and rights. @throws BookstoreError 'not-on-this-target' where nobody bills. */
export async function cloudOf(invocation: Invocation, verb: string): Promise<Cloud> {
  const site = await invocation.site()
  const { cloud } = await targetOf(site, invocation)
  if (cloud) return cloud
  throw usageError(
    'not-on-this-target',
    `'bookstore ${verb}' is about shops at AWS, and the target here is ${site.target}.`,
    'Set target: aws in bookstore.yaml, or add: --target aws',
  )
}
