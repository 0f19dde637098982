import { BookstoreError } from '../../engine/errors.ts'
import { type Endpoint, endpointText } from '../query/endpoint.ts'
import type { Updating } from './updating.ts'

export function zoneNotHere(server: Endpoint, name: string, cause?: unknown): BookstoreError {
  return new BookstoreError(`The name server ${endpointText(server)} does not serve the zone of ${name}.`, {
    code: 'zone-not-found',
    fault: 'user',
    hint: 'Check the server in the dns settings: it has to be the primary of that zone.',
    cause,
    details: { server: endpointText(server), name },
  })
}

/**
 * BADSIG and BADKEY: who we are was not believed. Knot answers BADKEY also to a key that it knows and does not let
 * change this name.
 */
export function keyRefused({ server, key, name }: Updating, unknown: boolean): BookstoreError {
  const why = unknown
    ? `does not accept the key ${key.name} for ${name}: there is no such key, or it may not change that name`
    : `finds the secret of the key ${key.name} wrong`
  return new BookstoreError(`The name server ${endpointText(server)} ${why}.`, {
    code: 'dns-refused',
    fault: 'user',
    hint: unknown
      ? "Check the key's name in the dns settings, and what the server lets it update."
      : 'Set BOOKSTORE_DNS_TSIG_SECRET to the base64 text of its secret, HMAC-SHA256.',
    details: { server: endpointText(server), key: key.name },
  })
}

export function clockDiffers({ server }: Updating, now: Date, serverTime: Date | undefined): BookstoreError {
  const theirs = serverTime ? `, there it is ${serverTime.toISOString()}` : ''
  const clocks = `here it is ${now.toISOString()}${theirs}`
  return new BookstoreError(`The name server ${endpointText(server)} refuses our signature: ${clocks}.`, {
    code: 'clock-wrong',
    fault: 'user',
    hint: 'Set the clock that is wrong; at most 5 minutes may lie between them.',
  })
}

export function updateRefused({ server, key, name, zone }: Updating, rcode: string): BookstoreError {
  return new BookstoreError(
    `The name server ${endpointText(server)} does not let the key ${key.name} change ${name} in ${zone}: ${rcode}.`,
    {
      code: rcode === 'SERVFAIL' ? 'dns-failed' : 'dns-refused',
      fault: rcode === 'SERVFAIL' ? 'remote' : 'user',
      hint:
        rcode === 'SERVFAIL'
          ? "The server's log says what failed."
          : 'Allow that key to update the name, or check that this server is the primary.',
      details: { server: endpointText(server), rcode },
    },
  )
}

/** Somebody else may have answered. */
export function unproven({ server, key }: Updating): BookstoreError {
  return new BookstoreError(
    `An answer came from ${endpointText(server)} that is not signed with the key ${key.name}; it is not believed.`,
    { code: 'dns-failed', fault: 'remote', hint: 'Check that nothing between here and the server answers for it.' },
  )
}

export function silent(server: Endpoint, cause: unknown): BookstoreError {
  if (cause instanceof BookstoreError) return cause
  const { code, message } = cause as { code?: string; message: string }
  const why = code === 'ECONNREFUSED' ? 'nothing listens there' : message
  return new BookstoreError(`The name server ${endpointText(server)} cannot be updated: ${why}.`, {
    code: 'dns-unreachable',
    fault: 'remote',
    hint: 'Check the server and port in the dns settings, and that this computer may connect to them.',
    cause,
  })
}
