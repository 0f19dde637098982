import type { Context } from '../../engine/resource.ts'
import type { Directory } from './client.ts'
import { describeAcme } from './errors.ts'
import { Transport } from './transport.ts'
import type { AcmeAuthority } from './types.ts'

/**
 * What an authority says of itself to everybody, without an account (RFC 8555, section 7.1.1).
 *
 * @throws BookstoreError 'authority-unreachable', 'authority-refuses'.
 */
export async function readDirectory(authority: AcmeAuthority, ctx: Context): Promise<Directory> {
  const transport = new Transport(authority.ca)
  try {
    const { status, body } = await transport.send(authority.directory, { method: 'GET', signal: ctx.signal })
    if (status !== 200) throw Object.assign(new Error(`its directory answers ${status}`), { code: `HTTP ${status}` })
    return parsed(body)
  } catch (error) {
    ctx.signal.throwIfAborted()
    throw describeAcme(error, authority, ctx.clock.now())
  } finally {
    transport.close()
  }
}

function parsed(body: string): Directory {
  try {
    return JSON.parse(body) as Directory
  } catch (cause) {
    throw Object.assign(new Error('its directory is no JSON', { cause }), { code: 'NO_JSON' })
  }
}
