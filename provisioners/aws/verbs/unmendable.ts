import type { AwsBlueprint } from '../../blueprints/aws.ts'
import type { Event } from '../../engine/events.ts'
import type { Site } from '../../site.ts'

/** What differs and is left as it is, since only a new machine could have it: the shop's data is on this one. */
export function unmendable(site: Site, { machine }: AwsBlueprint): readonly Event[] {
  const found = machine.seen()
  const { aws } = site
  if (!found || !aws) return []
  const { madeFrom = aws.image, architecture = aws.architecture, diskGb = aws.volumeGb } = found
  return [
    ...told('was made from', madeFrom, aws.image),
    ...told('is for', architecture, aws.architecture),
    ...told('was made with', `a disk of ${diskGb} GB`, `a disk of ${aws.volumeGb} GB`),
  ]
}

function told(how: string, there: string, wanted: string): readonly Event[] {
  if (there === wanted) return []
  const message = `The machine ${how} ${there}, and the configuration says ${wanted}. It stays as it is.`
  const hint = 'For a new one: bookstore db backup, bookstore down, bookstore up, bookstore db restore'
  return [{ type: 'note', level: 'warning', message, hint }]
}
