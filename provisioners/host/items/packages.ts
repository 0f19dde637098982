import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { installPackages, readMemory, removeOurPackages, switchOff } from '../parts/our-packages.ts'
import { wasInterrupted, withoutStarting } from '../parts/quiet-install.ts'

const schema = z.strictObject({
  packages: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/),
        /** Units that come with it and shall not run: those that we have an instance of our own of. */
        off: z.array(z.string()).default([]),
      }),
    )
    .min(1),
})

type Packages = z.output<typeof schema>

interface State {
  installed: readonly string[]
  /** Of packages that came with us, and on since. */
  on: readonly string[]
  interrupted: boolean
}

/**
 * Packages of the distribution, without those that they only recommend. All in one item: apt works on one at a time anyway.
 *
 * Nothing that is installed starts by itself, and units named as `off` stay off at the next boot too; where the package was
 * there before us, they stay as they were. Configuration files that somebody changed are kept. Delete purges what we
 * installed, unless others need it by now.
 */
export const packages = itemKind<Packages>({ kind: 'packages', schema, resource, identity: () => 'all' })

function resource(base: ItemBase, spec: Packages, host: Host) {
  const names = spec.packages.map(({ name }) => name)
  return define<State, State>({
    ...base,
    desired: () => ({ installed: names, on: [], interrupted: false }),
    read: () => readState(spec, host),
    diff: (desired, actual) =>
      changeOf(
        differs('installed', actual.installed, desired.installed),
        differs('switched on', actual.on, desired.on),
        differs('interrupted', actual.interrupted, desired.interrupted),
      ),
    ensure: async (desired, actual, ctx) => {
      const missing = names.filter((name) => !actual?.installed.includes(name))
      if (missing.length > 0) await installPackages(host, base.address, missing, ctx)
      else if (actual?.interrupted) await withoutStarting(host, async () => {})
      const now = await readState(spec, host)
      if (now && now.on.length > 0) await switchOff(host, now.on)
      return desired
    },
    remove: async (_, ctx) => {
      const stay = await removeOurPackages(host, base.address, ctx)
      if (stay.length === 0) return
      const message = `These packages came with us and stay, since others need them now: ${stay.join(', ')}.`
      ctx.emit({ type: 'note', level: 'info', message })
    },
    detail: ({ installed }) => `${installed.length} installed`,
    cost: () => freely,
  })
}

async function readState(spec: Packages, host: Host): Promise<State | undefined> {
  const [versions, memory, interrupted] = await Promise.all([
    Promise.all(spec.packages.map(({ name }) => host.package(name))),
    readMemory(host),
    wasInterrupted(host),
  ])
  const there = spec.packages.filter((_, position) => versions[position] !== undefined)
  if (there.length === 0 && memory.ours.length === 0) return undefined
  const units = there.filter(({ name }) => memory.ours.includes(name)).flatMap(({ off }) => off)
  const on = units.filter((unit) => !memory.off.includes(unit))
  return { installed: there.map(({ name }) => name), on, interrupted }
}
