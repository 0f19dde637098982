import { z } from 'zod'
import { define, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { diffFile, type FileState, readFileState, wantedState, writeFileSpec } from '../parts/file.ts'
import { Originals } from '../parts/originals.ts'

const schema = z.strictObject({
  path: z.string().startsWith('/'),
  /** Name of the secret that it holds. */
  secret: z.string(),
  /** Where the file is read by a program itself rather than by systemd's LoadCredential. */
  owner: z.string().default('root'),
  group: z.string().default('root'),
})

type Credential = z.output<typeof schema>

/** A file that holds a secret and nothing else, for its owner alone. */
export const credential = itemKind<Credential>({ kind: 'credential', schema, resource, identity: ({ path }) => path })

function resource(base: ItemBase, spec: Credential, host: Host) {
  const originals = new Originals(host.memory)
  const wanted = async () => ({ ...spec, content: (await host.secret(spec.secret)).reveal(), mode: '0600' })
  return define<FileState | undefined, FileState>({
    ...base,
    // While it is being planned, the secret may not be made yet; then whatever is there is not it.
    desired: () => wanted().then(wantedState, () => undefined),
    read: () => readFileState(spec.path),
    diff: (desired, actual) => diffFile(desired ?? { ...actual, content: '' }, actual),
    ensure: async () => {
      const file = await wanted()
      await originals.remember(spec.path)
      await writeFileSpec(file)
      return wantedState(file)
    },
    remove: () => originals.restore(spec.path),
    cost: () => freely,
  })
}
