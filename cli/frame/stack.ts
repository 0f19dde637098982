import { join } from 'node:path'
import type { Check } from '../../provisioners/engine/check.ts'
import { computerChecks } from '../../provisioners/engine/checks.ts'
import type { Guard, Stack } from '../../provisioners/engine/converge.ts'
import type { Site } from '../../provisioners/site.ts'

/** The graph of resources behind a site, by its target. */
export function stackOf(_site: Site): Stack {
  return { resources: [] }
}

/** What must hold on this computer before a site can stand on it. */
export function checksOf(site: Site): readonly Check[] {
  return computerChecks(site)
}

/** Two runs that change the same site keep each other out by this. */
export function guardOf({ home }: Site, verb: string): Guard {
  return { lease: join(home, 'lease'), verb }
}
