import { z } from 'zod'
import { define, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { diffFile, type FileState, plainFile, readFileState, wantedState, writeFileSpec } from '../parts/file.ts'
import { Originals } from '../parts/originals.ts'

const schema = z.strictObject({
  path: z.string().startsWith('/'),
  /** The whole text. Never a secret: see `credential`. */
  content: z.string(),
  /** 'root' by default, like the group. */
  owner: z.string().default(plainFile.owner),
  group: z.string().default(plainFile.group),
  /** '0644' by default. */
  mode: z
    .string()
    .regex(/^0[0-7]{3}$/)
    .default(plainFile.mode),
})

type File = z.output<typeof schema>

/**
 * A file with its text, owner and mode. One that was there before us, at a path without our name in it, is remembered
 * and comes back when the item is deleted.
 */
export const file = itemKind<File>({ kind: 'file', schema, resource, identity: ({ path }) => path })

function resource(base: ItemBase, spec: File, host: Host) {
  const originals = new Originals(host.memory)
  return define<FileState, FileState>({
    ...base,
    desired: () => wantedState(spec),
    read: () => readFileState(spec.path),
    diff: diffFile,
    ensure: async (desired) => {
      await originals.remember(spec.path)
      await writeFileSpec(spec)
      return desired
    },
    remove: () => originals.restore(spec.path),
    cost: () => freely,
  })
}
