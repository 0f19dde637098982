import { statfs } from 'node:fs/promises'
import type { FigureName } from '../../aws/from-machine/names.ts'
import { meet } from '../../certificates/served.ts'
import type { Context } from '../../engine/resource.ts'
import { lastPublished } from '../cloud/published.ts'
import type { Host } from '../host.ts'
import { maintenanceIsOn } from '../site/shop/maintenance.ts'
import type { FigureMemory } from './memory.ts'
import { countServerErrors } from './server-errors.ts'

/** Undefined: it cannot be known now. */
export type Figures = Readonly<Record<FigureName, number | undefined>>

export interface FigureSources {
  host: Pick<Host, 'memory'>
  /** Whose certificate NGINX shows here. */
  domain: string
  /** NGINX's, a JSON object a line. */
  log: string
}

/** Percent, percent, requests, hours: what the machine says of itself, and what to remember for the next time. */
export async function takeFigures(
  { host, domain, log }: FigureSources,
  memory: FigureMemory,
  ctx: Context,
): Promise<{ figures: Figures; memory: FigureMemory }> {
  const now = ctx.clock.now()
  const [disk, served, counted, closed, published] = await Promise.all([
    statfs('/'),
    meet({ address: '127.0.0.1' }, domain, undefined, ctx.signal),
    countServerErrors(log, memory.log),
    maintenanceIsOn(),
    lastPublished(host),
  ])
  return {
    figures: {
      DiskUsed: diskUsed(disk),
      CertificateAge: shareOfLife(served, now),
      // While the shop is closed on purpose everybody is answered with 503.
      ServerErrors: closed ? undefined : counted.errors,
      // Of a machine that has no backup yet, since it was begun to count.
      BackupAge: hoursSince(published?.at ?? memory.since, now),
    },
    memory: { since: memory.since, log: counted.position },
  }
}

/** As df(1) counts it: of what those may use who are not root. */
function diskUsed({ blocks, bfree, bavail }: { blocks: number; bfree: number; bavail: number }): number {
  const used = blocks - bfree
  return rounded((100 * used) / (used + bavail))
}

/** Percent of its life that is over; more than 100 when it has expired. */
export function shareOfLife(
  { notBefore, notAfter }: { notBefore: string | undefined; notAfter: string | undefined },
  now: Date,
): number | undefined {
  if (notBefore === undefined || notAfter === undefined) return undefined
  const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)]
  return rounded((100 * (now.getTime() - from)) / (to - from))
}

const hoursSince = (at: string, now: Date) => rounded(Math.max(0, (now.getTime() - Date.parse(at)) / 3_600_000))

const rounded = (value: number) => Math.round(value * 100) / 100
