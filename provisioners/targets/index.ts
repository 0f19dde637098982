import type { Site } from '../site.ts'
import type { Operator } from './operator.ts'
import type { Target } from './target.ts'

/** The size at which a site runs; each loads its own rooms only. */
export async function targetOf(site: Site, operator: Operator): Promise<Target> {
  if (site.target === 'local') return (await import('./local.ts')).localTarget(site)
  if (site.target === 'aws') return (await import('./aws.ts')).awsTarget(site, operator)
  return (await import('./vm.ts')).vmTarget(site, operator)
}
