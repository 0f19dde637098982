import { BookstoreError } from '../../engine/errors.ts'
import type { Secret } from '../../engine/secret.ts'
import { orDiskFull } from '../disk.ts'
import { scramVerifier } from './scram.ts'
import { type Access, withSession } from './session.ts'

/**
 * Makes a role and its database, or mends them: password, owner, and that nobody else may connect. May be run again
 * after it was killed anywhere. Names come from our own list, so that they need no quoting.
 */
export async function ensureDatabase(superuser: Access, name: string, password: Secret): Promise<void> {
  await withSession({ ...superuser, database: 'postgres' }, async (client) => {
    // A run that was killed leaves its last statement to the server, which goes on with it.
    await client.query(`select pg_advisory_lock(hashtextextended('bookstore database ' || $1, 0))`, [name])
    const exists = async (text: string) => ((await client.query(text, [name])).rowCount ?? 0) > 0
    const verb = (await exists('select from pg_roles where rolname = $1')) ? 'alter' : 'create'
    await client.query(`${verb} role ${name} login password '${scramVerifier(password.reveal())}'`)
    if (!(await exists('select from pg_database where datname = $1'))) {
      await client.query(`create database ${name} owner ${name}`)
    }
    await client.query(`revoke all on database ${name} from public`)
  }).catch((error: unknown) => explain(error, superuser.socket))
}

async function explain(error: unknown, socket: string): Promise<never> {
  if ((error as { code?: string }).code !== '28P01') throw await orDiskFull(error, socket)
  throw new BookstoreError(
    'PostgreSQL does not accept the password of this site: `secrets` does not belong to `data`.',
    {
      code: 'secrets-lost',
      fault: 'user',
      hint: 'Bring back the folder `secrets` that was there when the data was made. The data is untouched.',
      cause: error,
    },
  )
}
