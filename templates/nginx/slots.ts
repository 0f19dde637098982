import { internalServer, statusServer } from './internal.ts'
import { type NginxConfig, withRevision } from './revision.ts'
import { block, lines, quote } from './text.ts'
import { type Pool, upstream } from './upstream.ts'

/**
 * Two sets of processes take turns behind one site. Which one serves is looked up with every request: a reload would
 * close connections that clients are about to use again (docs/decisions/0015-switching-without-a-reload.md).
 */
export interface Slots {
  /** Two: the first is meant when it is not the second. */
  names: readonly [string, string]
  /** A link to a folder that has a file named like the slot that serves. */
  active: string
  /** While there is such a file, nobody is served. */
  maintenance: string
  /** Pattern of the slots' own files, which are made by `slotConfig`. */
  files: string
}

export const slotIncludes = (files: string): string => `include ${quote(files)};`

/**
 * In the server: sets `$slot`, empty when nobody serves, and what is said then: `$closed_page`, `$closed_seconds`. It looks
 * once which slot it is: between two looks the link may come to lead elsewhere, and no slot would be the one.
 */
export function chooseSlot({ names: [one, other], active, maintenance }: Slots): string {
  return lines(
    `set $slot ${one};`,
    'set $closed_page unavailable;',
    'set $closed_seconds 2;',
    block(`if (-f ${quote(`${active}/${other}`)})`, `set $slot ${other};`),
    block(`if (!-d ${quote(active)})`, 'set $slot "";'),
    block(
      `if (-f ${quote(maintenance)})`,
      'set $slot "";',
      'set $closed_page maintenance;',
      'set $closed_seconds 300;',
    ),
  )
}

/** In a location that leads to the slot. */
export const refuseWithoutSlot = block('if ($slot = "")', 'return 503;')

export interface SlotSettings {
  slot: string
  /** Called `web`, `gateway`, `catalog`, `catalog-internal`, ...; `backup` is for those that the world calls. */
  pools: readonly Pool[]
  /** Sockets that stand for a pool. */
  internal: readonly { socket: string; pool: string }[]
  statusSocket: string
}

/** The file of one slot: its pools, and the sockets by which its processes reach each other. */
export function slotConfig(settings: SlotSettings): NginxConfig {
  return withRevision((revision) => renderSlot(settings, revision))
}

function renderSlot({ slot, pools, internal, statusSocket }: SlotSettings, revision: string): string {
  return `${lines(
    '# Written by bookstore; the next deploy to this slot writes it again.',
    ...pools.map((pool) => upstream({ ...pool, name: `${slot}-${pool.name}` })),
    ...internal.map(({ socket, pool }) => internalServer(socket, `${slot}-${pool}`)),
    statusServer(statusSocket, revision),
  )}\n`
}
