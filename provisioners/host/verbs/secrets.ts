import { z } from 'zod'
import { readSecretFile } from '../machine/secrets.ts'
import { verb } from './verb.ts'

/**
 * `{names}` -> `{secrets}`: those of them that are here, for another machine of the same site. Nothing of it is written
 * anywhere: it is the answer on the connection, and no event.
 */
export const secrets = verb({
  name: 'secrets',
  changes: false,
  input: z.strictObject({ names: z.array(z.string().regex(/^[a-z0-9-]+$/)) }),
  async perform({ names }, { host }) {
    const found = await Promise.all(
      names.map(async (name) => [name, (await readSecretFile(host.secrets, name))?.reveal()] as const),
    )
    return { secrets: Object.fromEntries(found.filter(([, value]) => value !== undefined)) }
  },
})
