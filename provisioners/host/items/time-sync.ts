import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { type ManagedState, ManagedUnit, unitChanges } from '../parts/managed-unit.ts'
import { installPackages } from '../parts/our-packages.ts'
import { isRunning } from '../parts/unit.ts'

const schema = z.strictObject({})

interface State {
  /** A unit of somebody else's that keeps the clock; then there is nothing to do. */
  other: string | undefined
  own: ManagedState | undefined
}

const others = ['chrony.service', 'ntpsec.service', 'ntp.service', 'openntpd.service']
const unit = 'systemd-timesyncd.service'

/** A clock that is right: whatever the machine has for it already, or systemd-timesyncd. */
export const timeSync = itemKind<z.output<typeof schema>>({
  kind: 'time-sync',
  schema,
  resource,
  identity: () => unit,
  fits: (_, { container }) =>
    container ? { note: 'In a container, the clock is kept by the machine around it.' } : true,
})

function resource(base: ItemBase, _: unknown, host: Host) {
  const spec = { unit, dropIn: false, enabled: true, running: true, restartOn: [], reloadOn: [] }
  const own = new ManagedUnit(spec, host)
  return define<typeof spec, State>({
    ...base,
    desired: () => spec,
    read: async () => {
      const [managed, states] = await Promise.all([own.read(), Promise.all(others.map((name) => host.unit(name)))])
      const other = others.find((_, position) => states[position] && isRunning(states[position]))
      return other || managed ? { other, own: managed } : undefined
    },
    diff: (desired, actual) => {
      if (actual.other) return { do: 'nothing' }
      return changeOf(...(actual.own ? unitChanges(desired, actual.own) : [differs('unit', 'missing', 'running')]))
    },
    ensure: async (_, actual, ctx) => {
      if (!actual?.own) await installPackages(host, base.address, ['systemd-timesyncd'], ctx)
      return { other: undefined, own: await own.ensure(actual?.own ?? (await own.read())) }
    },
    remove: () => own.remove(),
    detail: (state) => state.other ?? unit,
    cost: () => freely,
  })
}
