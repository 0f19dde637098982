import { z } from 'zod'
import type { Stack } from '../../engine/converge.ts'
import type { Host } from '../host.ts'
import { itemsGone } from '../kept-manifest.ts'
import { type Manifest, parseManifest, resourcesOf } from '../manifest.ts'

export const withManifest = z.strictObject({ manifest: z.unknown().transform(parseManifest) })

/** What a machine shall have, and what it has no longer need of. @throws BookstoreError 'manifest-invalid'. */
export function stackOf(wanted: Manifest, kept: Manifest | undefined, host: Host): Required<Stack> {
  const gone = itemsGone(kept, wanted)
  return { resources: resourcesOf(wanted, host), obsolete: resourcesOf({ ...wanted, items: gone }, host) }
}
