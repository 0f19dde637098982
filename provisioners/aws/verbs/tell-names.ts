import type { AwsBlueprint } from '../../blueprints/aws.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'

/** Where people keep the zone by hand, they are told what to put there. */
export function tellNames({ dns, domain, aliases }: Site, { address }: AwsBlueprint, ctx: Context): void {
  const at = address.seen()
  if (dns.provider !== 'manual' || !at) return
  for (const name of [domain, ...aliases]) {
    const message = `Make this DNS record, unless it is there: ${name} A ${at.ip}`
    ctx.emit({ type: 'note', level: 'info', message, hint: 'It has to be the only A of that name.' })
  }
}
