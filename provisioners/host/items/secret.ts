import { randomBytes } from 'node:crypto'
import { chmod, chown, lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import { Secret } from '../../engine/secret.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { writeSecretFile } from '../machine/secrets.ts'
import { modeText } from './owner.ts'

const schema = z.strictObject({
  /** Of the secret: lower case, digits, hyphens. */
  name: z.string().regex(/^[a-z0-9-]+$/),
})

interface State {
  owner: string
  mode: string
}

const wanted: State = { owner: '0:0', mode: '0600' }

/**
 * A secret that is made on the machine, once: 32 random bytes in hexadecimal. One that the manifest brought under the same
 * name is kept instead.
 */
export const secret = itemKind<z.output<typeof schema>>({
  kind: 'secret',
  schema,
  resource,
  identity: ({ name }) => name,
})

function resource(base: ItemBase, { name }: { name: string }, host: Host) {
  const path = join(host.secrets, name)
  return define<State, State>({
    ...base,
    desired: () => wanted,
    read: () => readState(path),
    diff: (desired, actual) =>
      changeOf(differs('owner', actual.owner, desired.owner), differs('mode', actual.mode, desired.mode)),
    ensure: async (desired, actual) => {
      if (!actual) await writeSecretFile(host.secrets, name, new Secret(randomBytes(32).toString('hex')))
      await chown(path, 0, 0)
      await chmod(path, 0o600)
      return desired
    },
    remove: () => rm(path, { force: true }),
    cost: () => freely,
  })
}

async function readState(path: string): Promise<State | undefined> {
  const found = await lstat(path).catch(() => undefined)
  return found?.isFile() ? { owner: `${found.uid}:${found.gid}`, mode: modeText(found.mode) } : undefined
}
