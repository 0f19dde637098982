import { chmod, open, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { machine } from '../layout.ts'
import { type ManagedState, ManagedUnit, unitChanges } from '../parts/managed-unit.ts'

const schema = z.strictObject({
  sizeMb: z.int().min(64).default(1024),
  /** A machine with this much memory or more gets none. */
  belowMemoryMb: z.int().default(2048),
})

type Swap = z.output<typeof schema>

interface State {
  sizeMb: number
  unit: ManagedState | undefined
}

const path = `${machine.state}/swap`
/** What must stay free on the disk when the file is there. */
const spareMb = 1024

/** A file to swap to, on machines with little memory, switched on by a unit of our own. */
export const swap = itemKind<Swap>({
  kind: 'swap',
  schema,
  resource,
  identity: () => path,
  fits: ({ belowMemoryMb }, { memoryMb, container }) => {
    if (memoryMb >= belowMemoryMb) return {}
    return container ? { note: 'No swap was made: in a container it belongs to the machine around it.' } : true
  },
})

function resource(base: ItemBase, { sizeMb }: Swap, host: Host) {
  const spec = { ...swapUnit, dropIn: false, enabled: true, running: true, restartOn: [], reloadOn: [] }
  const unit = new ManagedUnit(spec, host)
  return define<number, State>({
    ...base,
    desired: () => sizeMb,
    read: async () => {
      const [managed, found] = await Promise.all([unit.read(), stat(path).catch(() => undefined)])
      return managed || found ? { unit: managed, sizeMb: Math.round((found?.size ?? 0) / 1024 ** 2) } : undefined
    },
    diff: (desired, actual) =>
      changeOf(
        differs('size', `${actual.sizeMb} MB`, `${desired} MB`),
        ...(actual.unit ? unitChanges(spec, actual.unit) : [differs('unit', 'missing', 'running')]),
      ),
    ensure: async (desired, actual) => {
      if (actual?.sizeMb !== desired) {
        if (actual?.unit) await unit.remove()
        await makeFile(host, desired)
      }
      return { sizeMb: desired, unit: await unit.ensure(actual?.sizeMb === desired ? actual.unit : undefined) }
    },
    remove: async () => {
      await unit.remove()
      await rm(path, { force: true })
    },
    detail: (state) => `${state.sizeMb} MB`,
    cost: () => freely,
  })
}

/** Written in full: a file with holes cannot be swapped to. It has its size only when it is ready. */
async function makeFile(host: Host, sizeMb: number): Promise<void> {
  await rm(path, { force: true })
  await refuseFullDisk(sizeMb)
  const sibling = `${path}.new`
  await (await open(sibling, 'w', 0o600)).close()
  await chmod(sibling, 0o600)
  await host.run(['dd', 'if=/dev/zero', `of=${sibling}`, 'bs=1M', `count=${sizeMb}`, 'conv=fsync'], {
    timeoutMs: 600_000,
  })
  await host.run(['mkswap', sibling])
  await host.run(['mv', sibling, path])
}

async function refuseFullDisk(sizeMb: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path))
  const freeMb = Math.floor((bavail * bsize) / 1024 ** 2)
  if (freeMb >= sizeMb + spareMb) return
  throw new BookstoreError(`A swap file of ${sizeMb} MB does not fit: the machine's disk has ${freeMb} MB free.`, {
    code: 'disk-full',
    fault: 'user',
    hint: `Free at least ${sizeMb + spareMb - freeMb} MB on the machine, then run the same command again.`,
  })
}

/** The name is the path, as systemd.swap(5) wants it. */
const swapUnit = {
  unit: `${path.slice(1).replaceAll('/', '-')}.swap`,
  content: `[Unit]
Description=Swap file of bookstore

[Swap]
What=${path}

[Install]
WantedBy=swap.target
`,
}
