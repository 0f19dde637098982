import { z } from 'zod'
import { briefly, changeOf, define, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { ManagedUnit, unitChanges } from '../parts/managed-unit.ts'

const schema = z.strictObject({
  /** With its suffix: a service, timer, socket, swap, target, or a template ('x@.service'), which can only have a text. */
  unit: z.string().regex(/^[\w@:.\\-]+\.(service|timer|socket|swap|target|path|mount)$/),
  /** Text of the unit's file, or of a drop-in; without it the unit is somebody else's. */
  content: z.string().optional(),
  /** The text is added to a unit of somebody else's, as `<unit>.d/bookstore.conf`. */
  dropIn: z.boolean().default(false),
  /** Starts at boot, or does not; undefined leaves that as it is. */
  enabled: z.boolean().optional(),
  /** Runs now, or does not; undefined leaves that as it is. One that failed is started again. */
  running: z.boolean().optional(),
  /** Files that it reads at its start: when one has changed since, it is restarted. Its own text always counts. */
  restartOn: z.array(z.string().startsWith('/')).default([]),
  /** Files that it reads again on reload. */
  reloadOn: z.array(z.string().startsWith('/')).default([]),
})

type Unit = z.output<typeof schema>

/**
 * A unit of systemd: its text, whether it starts at boot, whether it runs now and on the files of now.
 *
 * One that is masked is refused, by name. Delete stops and removes a unit of ours, and puts one of somebody else's back as it
 * was.
 */
export const systemdUnit = itemKind<Unit>({
  kind: 'systemd-unit',
  schema,
  resource,
  identity: ({ unit, dropIn }) => `${unit} ${dropIn}`,
})

function resource(base: ItemBase, spec: Unit, host: Host) {
  const unit = new ManagedUnit(spec, host)
  return define({
    ...base,
    desired: () => spec,
    read: () => unit.read(),
    diff: (desired, actual) => changeOf(...unitChanges(desired, actual)),
    ensure: (_, actual) => unit.ensure(actual),
    remove: () => unit.remove(),
    cost: (action) => (action === 'update' && spec.running ? briefly : freely),
  })
}
