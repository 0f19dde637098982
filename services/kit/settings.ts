import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { parseAddress, type SocketAddress } from './address.ts'
import { Secret } from './secret.ts'

/** The environment of a process, as docs/decisions/0002-process-contract.md has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A variable that holds an address of another process. */
export const address = z.string().transform((text, context): SocketAddress => {
  try {
    return parseAddress(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'expected unix:/path or http://host:port' })
    return z.NEVER
  }
})

/** What every process is given. */
export const commonSettings = {
  BOOKSTORE_PROCESS: z.string().min(1),
  BOOKSTORE_LISTEN: address,
  BOOKSTORE_LISTEN_INTERNAL: address,
  BOOKSTORE_SITE_URL: z.url().transform((url) => url.replace(/\/$/, '')),
  BOOKSTORE_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Of a process that has just started. */
  BOOKSTORE_WORKERS: z.enum(['awake', 'asleep']).default('awake'),
  /** From systemd, where the unit asks for readiness and a watchdog. */
  NOTIFY_SOCKET: z.string().min(1).optional(),
  WATCHDOG_USEC: z.coerce.number().int().min(1).optional(),
}

export type CommonSettings = z.infer<z.ZodObject<typeof commonSettings>>

/** What every process with a database is given besides. */
export const databaseSettings = {
  BOOKSTORE_DATABASE_URL: z.url(),
  BOOKSTORE_DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(8),
}

export class SettingsError extends Error {}

/**
 * Validates the variables named by `shape`. The message of a failure names every bad variable at once.
 * @throws SettingsError
 */
export function readSettings<Shape extends z.ZodRawShape>(shape: Shape, env: Environment): z.infer<z.ZodObject<Shape>> {
  const parsed = z.object(shape).safeParse(env)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new SettingsError(`Wrong settings. ${wrong.join('; ')}`)
}

/**
 * A secret from a file of `$CREDENTIALS_DIRECTORY` (systemd's LoadCredential).
 * @throws SettingsError when it is not there.
 */
export function readCredential(name: string, env: Environment): Secret {
  const folder = env.CREDENTIALS_DIRECTORY
  if (!folder) throw new SettingsError('Wrong settings. CREDENTIALS_DIRECTORY is not set')
  try {
    return new Secret(readFileSync(join(folder, name), 'utf8').trim())
  } catch (cause) {
    throw new SettingsError(`Wrong settings. The credential '${name}' cannot be read`, { cause })
  }
}
