import { chmod, chown, lstat, mkdir, rmdir } from 'node:fs/promises'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { gid, uid } from './owner.ts'

const schema = z.strictObject({
  path: z.string().startsWith('/'),
  owner: z.string(),
  group: z.string(),
  /** '0750' */
  mode: z.string().regex(/^0[0-7]{3}$/),
})

type Directory = z.output<typeof schema>

interface State {
  uid: number
  gid: number
  mode: string
}

/** A folder with its owner and mode. Deleted only when it is empty: what others put there is not ours. */
export const directory = itemKind<Directory>({ kind: 'directory', schema, resource })

function resource(base: ItemBase, spec: Directory, host: Host) {
  const owners = async () => ({ uid: await uid(host, spec.owner), gid: await gid(host, spec.group) })
  return define<State & { known: boolean }, State>({
    ...base,
    desired: async () => {
      const { uid, gid } = await owners()
      return { uid: uid ?? -1, gid: gid ?? -1, mode: spec.mode, known: uid !== undefined && gid !== undefined }
    },
    read: () => readState(spec.path),
    diff: (desired, actual) =>
      changeOf(
        differs('owner', `${actual.uid}:${actual.gid}`, `${desired.uid}:${desired.gid}`),
        differs('mode', actual.mode, desired.mode),
      ),
    ensure: async (desired) => {
      await mkdir(spec.path, { recursive: true })
      await chown(spec.path, desired.uid, desired.gid)
      await chmod(spec.path, Number.parseInt(spec.mode, 8))
      return desired
    },
    remove: async () => {
      await rmdir(spec.path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error
      })
    },
    cost: () => freely,
  })
}

async function readState(path: string): Promise<State | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (!found?.isDirectory()) return undefined
  return { uid: found.uid, gid: found.gid, mode: `0${(found.mode & 0o777).toString(8).padStart(3, '0')}` }
}
