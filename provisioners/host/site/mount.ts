import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { nfsMountUnit } from '../../../templates/systemd/mount-unit.ts'
import { briefly, changeOf, define } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { ManagedUnit, unitChanges } from '../parts/managed-unit.ts'
import { isMounted } from '../parts/mounts.ts'
import { exportName } from './nfs-export.ts'

const schema = z.strictObject({
  /** Address of the machine that has the folder. */
  server: z.union([z.ipv4(), z.ipv6()]),
  at: z.string().startsWith('/'),
})

type Mount = z.output<typeof schema>

/**
 * A folder of another machine, by NFS 4.2. The folder below is root's alone, so that nobody else writes into it while nothing
 * is mounted there. What it held before is carried over, once.
 *
 * Wants first: the package `nfs-common`; and the `nfs-export` on the other machine.
 */
export const mount = itemKind<Mount>({ kind: 'mount', schema, resource, identity: ({ at }) => at })

function resource(base: ItemBase, { server, at }: Mount, host: Host) {
  const { name, text } = nfsMountUnit({ server, path: exportName, at })
  const spec = {
    ...{ unit: name, content: text, dropIn: false, enabled: true, running: true },
    ...{ restartOn: [], reloadOn: [] },
  }
  const unit = new ManagedUnit(spec, host)
  /** A server that is gone for good must not keep us. 32: nothing is mounted there. */
  const detach = () => host.run(['umount', '--force', '--lazy', at], { accept: [0, 1, 32] })
  return define({
    ...base,
    desired: () => spec,
    read: () => unit.read(),
    diff: (desired, actual) => changeOf(...unitChanges(desired, actual)),
    async ensure(_, actual) {
      if (actual && actual.content !== text) await detach()
      if (!(await isMounted(at))) await makeRoom(at)
      const state = await unit.ensure(actual)
      await carryOver(at)
      return state
    },
    async remove() {
      await detach()
      await unit.remove()
    },
    detail: () => `${server}:${exportName}`,
    cost: () => briefly,
  })
}

const before = (at: string) => `${at}-before`

/** Whatever the folder holds stands beside it from now on. */
async function makeRoom(at: string): Promise<void> {
  const entries = await readdir(at).catch(() => [])
  if (entries.length > 0) await rename(at, before(at))
  await rm(at, { recursive: true, force: true })
  await mkdir(at, { recursive: true, mode: 0o700 })
}

/**
 * Names of covers come from their content: what is there already is the same. One that was cut off must not have its name,
 * under which nobody would look at it again.
 */
async function carryOver(at: string): Promise<void> {
  const names = await readdir(before(at)).catch(() => undefined)
  if (!names) return
  const part = join(at, '.part')
  for (const name of names) {
    await copyFile(join(before(at), name), part)
    await rename(part, join(at, name))
  }
  await rm(part, { force: true })
  await rm(before(at), { recursive: true })
}
