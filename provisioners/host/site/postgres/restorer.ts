import { databases } from '../../../shop/secrets.ts'

/** The role that restores backups from another machine: it makes and exchanges the databases of the services, and may no more. */
export const restorer = 'restorer'

/** Name of its password among the secrets. */
export const restorerSecret = 'database-restorer'

/**
 * Statements that make it, or mend it. As a member of the services' roles it owns what they own, and may end their sessions.
 * @param verifier As PostgreSQL keeps a password: the password itself is in no statement.
 */
export function restorerStatements(exists: boolean, verifier: string): readonly string[] {
  return [
    `${exists ? 'alter' : 'create'} role ${restorer} login createdb nosuperuser nocreaterole password '${verifier}'`,
    `grant ${databases.join(', ')} to ${restorer}`,
  ]
}
