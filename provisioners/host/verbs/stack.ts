import { z } from 'zod'
import type { Stack } from '../../engine/converge.ts'
import type { Context } from '../../engine/resource.ts'
import type { Host } from '../host.ts'
import { itemsGone, type Manifest, notesOf, parseManifest, resourcesOf } from '../manifest.ts'

export const withManifest = z.strictObject({ manifest: z.unknown().transform(parseManifest) })

/** What a machine shall have, and what it has no longer need of. @throws BookstoreError 'manifest-invalid'. */
export function stackOf(wanted: Manifest, kept: Manifest | undefined, host: Host, ctx: Context): Required<Stack> {
  for (const message of notesOf(wanted, host.facts)) ctx.emit({ type: 'note', level: 'info', message })
  const gone = itemsGone(kept, wanted)
  return { resources: resourcesOf(wanted, host), obsolete: resourcesOf({ ...wanted, items: gone }, host) }
}
