import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../engine/files.ts'
import { Secret } from '../engine/secret.ts'

/** The services that own a database. Role, database and service share the name. */
export const databases = ['auth', 'catalog', 'sales', 'payments'] as const
export type DatabaseName = (typeof databases)[number]

/** Files in `<home>/secrets`, each 32 random bytes in hexadecimal. */
export const secretNames = [
  'postgres-admin',
  ...databases.map((name) => `database-${name}`),
  'webhook-secret',
  'cart-key',
  'signing-key-key',
] as const

export type SecretName =
  | 'postgres-admin'
  | 'webhook-secret'
  | 'cart-key'
  | 'signing-key-key'
  | `database-${DatabaseName}`

/** `undefined` when it was never made. */
export async function readSecret(folder: string, name: SecretName): Promise<Secret | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : new Secret(text.trim())
}

export async function missingSecrets(folder: string): Promise<string[]> {
  const found = await Promise.all(secretNames.map((name) => readSecret(folder, name as SecretName)))
  return secretNames.filter((_, position) => found[position] === undefined)
}

/** Makes those that are missing; what is there stays, since data depends on it. */
export async function makeSecrets(folder: string): Promise<void> {
  for (const name of await missingSecrets(folder)) {
    await writeFileAtomic(join(folder, name), `${randomBytes(32).toString('hex')}\n`, 0o600)
  }
}

/** A text that changes with the secret and tells nothing about it. */
export function digestOf(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('hex').slice(0, 16)
}
