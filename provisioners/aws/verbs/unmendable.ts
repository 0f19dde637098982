import type { AwsBlueprint } from '../../blueprints/aws.ts'
import type { Event } from '../../engine/events.ts'
import type { Site } from '../../site.ts'

/** What differs and is left as it is, since only a new machine could have it: the shop's data is on this one. */
export function unmendable(site: Site, { machine }: AwsBlueprint): readonly Event[] {
  const found = machine.seen()
  const wanted = site.aws?.image
  if (found?.madeFrom === undefined || wanted === undefined || found.madeFrom === wanted) return []
  return [
    {
      type: 'note',
      level: 'warning',
      message: `The machine was made from ${found.madeFrom}, and the configuration says ${wanted}. It stays as it is.`,
      hint: 'For a new one: bookstore db backup, bookstore down, bookstore up, bookstore db restore',
    },
  ]
}
