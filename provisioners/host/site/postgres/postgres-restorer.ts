import type { Client } from 'pg'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../../engine/define.ts'
import type { Secret } from '../../../engine/secret.ts'
import { scramVerifier } from '../../../local/postgres/scram.ts'
import { withSession } from '../../../local/postgres/session.ts'
import { databases } from '../../../shop/secrets.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { askCluster, fits, superuser } from './administer.ts'
import { restorer, restorerSecret, restorerStatements } from './restorer.ts'

interface State {
  mayMake: boolean
  /** Of how many services' roles it is a member. */
  member: number
  passwordFits: boolean
}

const wanted: State = { mayMake: true, member: databases.length, passwordFits: true }

/**
 * The role by which another machine restores backups here. It goes with the cluster.
 * Wants first: `postgres-database` for each service, the secret `database-restorer`.
 */
export const postgresRestorer = itemKind<object>({ kind: 'postgres-restorer', schema: z.strictObject({}), resource })

function resource(base: ItemBase, _: object, host: Host) {
  const secret = () => host.secret(restorerSecret)
  return define<State, State>({
    ...base,
    desired: () => wanted,
    async read() {
      const password = await secret().catch(() => undefined)
      return password && askCluster((client) => readRole(client, password))
    },
    diff: (desired, actual) =>
      changeOf(
        differs('may make databases', actual.mayMake, desired.mayMake),
        differs('member of roles', actual.member, desired.member),
        actual.passwordFits ? undefined : { field: 'password', from: 'another one', to: 'the kept one' },
      ),
    async ensure() {
      const verifier = scramVerifier((await secret()).reveal())
      await withSession({ ...superuser, database: 'postgres' }, async (client) => {
        const { rowCount } = await client.query('select from pg_roles where rolname = $1', [restorer])
        for (const text of restorerStatements((rowCount ?? 0) > 0, verifier)) await client.query(text)
      })
      return wanted
    },
    cost: () => freely,
  })
}

async function readRole(client: Client, password: Secret): Promise<State | undefined> {
  const { rows } = await client.query<{ mayMake: boolean; verifier: string | null; member: number }>(
    `select rolcreatedb as "mayMake", rolpassword as verifier,
            (select count(*)::int from unnest($2::text[]) as name where pg_has_role(rolname, name, 'usage')) as member
       from pg_authid where rolname = $1 and rolcanlogin`,
    [restorer, await known(client)],
  )
  const [found] = rows
  return found && { mayMake: found.mayMake, member: found.member, passwordFits: fits(found.verifier, password) }
}

/** Those of the services' roles that are there. */
async function known(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select rolname as name from pg_roles where rolname = any($1)',
    [databases],
  )
  return rows.map(({ name }) => name)
}
