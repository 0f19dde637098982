import { chmod, chown, lstat } from 'node:fs/promises'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { Originals } from '../parts/originals.ts'
import { modeText, ownerOf, ownerText } from './owner.ts'

const schema = z.strictObject({
  path: z.string().startsWith('/'),
  owner: z.string(),
  group: z.string(),
  /** '0750' */
  mode: z.string().regex(/^0[0-7]{3}$/),
})

type Directory = z.output<typeof schema>

interface State {
  owner: string
  mode: string
}

/** A folder with its owner and mode. Deleted only when we made it and it is empty: what others put there is not ours. */
export const directory = itemKind<Directory>({ kind: 'directory', schema, resource, identity: ({ path }) => path })

function resource(base: ItemBase, spec: Directory, host: Host) {
  const originals = new Originals(host.memory)
  return define<State, State>({
    ...base,
    desired: async () => ({ owner: await ownerText(spec), mode: spec.mode }),
    read: () => readState(spec.path),
    diff: (desired, actual) =>
      changeOf(differs('owner', actual.owner, desired.owner), differs('mode', actual.mode, desired.mode)),
    ensure: async (desired) => {
      const { uid, gid } = await ownerOf(spec)
      await originals.makeFolder(spec.path)
      await chown(spec.path, uid, gid)
      await chmod(spec.path, Number.parseInt(spec.mode, 8))
      return desired
    },
    remove: () => originals.removeFolder(spec.path),
    cost: () => freely,
  })
}

async function readState(path: string): Promise<State | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (!found?.isDirectory()) return undefined
  return { owner: `${found.uid}:${found.gid}`, mode: modeText(found.mode) }
}
