import { randomBytes } from 'node:crypto'
import { chmod, chown, lstat, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import { Secret } from '../../engine/secret.ts'
import { digestOf } from '../../shop/secrets.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { writeSecretFile } from '../machine/secrets.ts'
import { modeText } from './owner.ts'

const schema = z.strictObject({
  /** Of the secret: lower case, digits, hyphens. */
  name: z.string().regex(/^[a-z0-9-]+$/),
  /** Another machine's: it is brought with the request, and never made here. */
  brought: z.boolean().default(false),
})

interface State {
  owner: string
  mode: string
  /** Of one that is brought; tells nothing about it. */
  digest?: string | undefined
}

const wanted: State = { owner: '0:0', mode: '0600' }

/**
 * A secret that is made on the machine, once: 32 random bytes in hexadecimal. One that the manifest brought under the same
 * name is kept instead. @throws BookstoreError 'secret-missing' for one that should have been brought.
 */
export const secret = itemKind<z.output<typeof schema>>({
  kind: 'secret',
  schema,
  resource,
  identity: ({ name }) => name,
})

function resource(base: ItemBase, { name, brought }: z.output<typeof schema>, host: Host) {
  const path = join(host.secrets, name)
  const value = () => host.secret(name)
  const make = async () => writeSecretFile(host.secrets, name, brought ? await value() : newSecret())
  return define<State, State>({
    ...base,
    // While it is being planned, the other machine may not have made it yet; then there is nothing to compare.
    desired: async () => ({ ...wanted, digest: brought ? await value().then(digestOf, () => undefined) : undefined }),
    read: () => readState(path),
    diff: (desired, actual) =>
      changeOf(
        differs('owner', actual.owner, desired.owner),
        differs('mode', actual.mode, desired.mode),
        desired.digest !== undefined &&
          desired.digest !== actual.digest && { field: 'value', from: 'another one', to: "the other machine's" },
      ),
    ensure: async (desired, actual) => {
      if (!actual || brought) await make()
      await chown(path, 0, 0)
      await chmod(path, 0o600)
      return desired
    },
    remove: () => rm(path, { force: true }),
    cost: () => freely,
  })
}

const newSecret = () => new Secret(randomBytes(32).toString('hex'))

async function readState(path: string): Promise<State | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (!found?.isFile()) return undefined
  const digest = digestOf(new Secret((await readFile(path, 'utf8')).trim()))
  return { owner: `${found.uid}:${found.gid}`, mode: modeText(found.mode), digest }
}
