import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A key that may change records (RFC 8945). */
export interface TsigKey {
  name: string
  algorithm: 'hmac-sha256'
  /** base64 */
  secret: string
  /** The key as knsupdate and nsupdate read it (`-y` in a file, for `-k` of knsupdate), mode 0600. */
  file: string
}

export async function makeKey(folder: string, name: string): Promise<TsigKey> {
  const key = { name, algorithm: 'hmac-sha256' as const, secret: randomBytes(32).toString('base64') }
  const file = join(folder, `${name}.tsig`)
  await writeFile(file, `${key.algorithm}:${key.name}:${key.secret}\n`, { mode: 0o600 })
  return { ...key, file }
}
