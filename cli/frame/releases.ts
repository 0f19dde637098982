import type { Site } from '../../provisioners/site.ts'
import { targetOf } from '../../provisioners/targets/index.ts'
import type { Releases } from '../../provisioners/targets/target.ts'
import type { Invocation } from '../verb.ts'
import { usageError } from './usage.ts'

/** For the verbs about releases. @throws BookstoreError 'not-on-this-target' where the working tree itself runs. */
export async function releasesOf(invocation: Invocation, verb: string): Promise<{ site: Site; releases: Releases }> {
  const site = await invocation.site()
  const { releases } = await targetOf(site, invocation)
  if (releases) return { site, releases }
  throw usageError(
    'not-on-this-target',
    `The target ${site.target} runs your working tree as it is, so there is nothing to ${verb === 'releases' ? 'list' : verb}.`,
    'After a change run: npm run build && bookstore up',
  )
}
