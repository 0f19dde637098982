import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../../engine/define.ts'
import { ensureDatabase } from '../../../local/postgres/database.ts'
import { databases } from '../../../shop/secrets.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { askCluster, type DatabaseState, readDatabase, superuser } from './administer.ts'
import { operations } from './operations.ts'

const schema = z.strictObject({
  /** Of the service, or that of the machines; role and database are called the same. */
  name: z.enum([...databases, operations]),
})

type Database = z.output<typeof schema>

/**
 * A role and a database of its own for one service, or for the machines. The password is the secret `database-<name>`. What is there is
 * adopted, mended and never emptied; it goes with the cluster.
 */
export const postgresDatabase = itemKind<Database>({ kind: 'postgres-database', schema, resource })

function resource(base: ItemBase, { name }: Database, host: Host) {
  const secret = () => host.secret(`database-${name}`)
  const wanted: DatabaseState = { open: false, owner: name, passwordFits: true }
  return define<DatabaseState, DatabaseState>({
    ...base,
    desired: () => wanted,
    async read() {
      // Without a password there is nothing to compare; the secret comes before the database.
      const password = await secret().catch(() => undefined)
      return password && askCluster((client) => readDatabase(client, name, password))
    },
    diff: (desired, actual) =>
      changeOf(
        differs('open to other roles', actual.open, desired.open),
        differs('owner', actual.owner, desired.owner),
        actual.passwordFits ? undefined : { field: 'password', from: 'another one', to: 'that of the service' },
      ),
    async ensure() {
      await ensureDatabase(superuser, name, await secret())
      return wanted
    },
    cost: () => freely,
  })
}
