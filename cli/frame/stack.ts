import { join } from 'node:path'
import { localBlueprint } from '../../provisioners/blueprints/local.ts'
import type { Check } from '../../provisioners/engine/check.ts'
import { computerChecks } from '../../provisioners/engine/checks.ts'
import type { Guard, Stack } from '../../provisioners/engine/converge.ts'
import { localChecks } from '../../provisioners/local/doctor.ts'
import type { Site } from '../../provisioners/site.ts'

/** The graph of resources behind a site, by its target. */
export function stackOf(site: Site): Stack {
  return { resources: localBlueprint(site) }
}

/** What must hold on this computer before a site can stand on it. */
export function checksOf(site: Site): readonly Check[] {
  return [...computerChecks(site), ...localChecks(site)]
}

/** Two runs that change the same site keep each other out by this. */
export function guardOf({ home }: Pick<Site, 'home'>, verb: string): Guard {
  return { lease: join(home, 'lease'), verb }
}
