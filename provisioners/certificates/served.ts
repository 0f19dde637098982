import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { connect, type PeerCertificate, rootCertificates, type TLSSocket } from 'node:tls'

/** Where a node of the site answers HTTPS. */
export interface ServingAddress {
  /** A name or an IP address. */
  address: string
  /** 443 by default. */
  port?: number
}

/** What one node showed for one name. */
export interface Served {
  address: string
  name: string
  /** SHA-256 of the certificate, hex; `undefined` when there was no handshake. */
  fingerprint: string | undefined
  /** ISO 8601 */
  notBefore: string | undefined
  /** ISO 8601 */
  notAfter: string | undefined
  /** Why a client would refuse it, or why there was no handshake: a code of OpenSSL or the system. */
  refused: string | undefined
}

const timeoutMs = 10_000

/**
 * Shakes hands with one node under one name (SNI), as a client that trusts `trust` beside those whom Node trusts. Never
 * rejects but with the signal's reason: a node that does not answer is a finding.
 */
export function meet(
  { address, port = 443 }: ServingAddress,
  name: string,
  trust: string | undefined,
  signal: AbortSignal,
): Promise<Served> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const ca = trust === undefined ? {} : { ca: [...rootCertificates, trust] }
    const socket = connect({ host: address, port, servername: name, rejectUnauthorized: false, ...ca })
    const end = (finish: () => void) => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      finish()
    }
    const abort = () => end(() => reject(signal.reason))
    const tell = (shown: Shown) => end(() => resolve({ address: addressText(address, port), name, ...shown }))
    signal.addEventListener('abort', abort, { once: true })
    socket.setTimeout(timeoutMs, () => tell(nothing('ETIMEDOUT')))
    // After the end a late error is nobody's concern, and must not be uncaught.
    socket.on('error', (error: NodeJS.ErrnoException) => tell(nothing(error.code ?? error.message)))
    socket.once('secureConnect', () => tell(shownBy(socket)))
  })
}

type Shown = Pick<Served, 'fingerprint' | 'notBefore' | 'notAfter' | 'refused'>

function nothing(refused: string): Shown {
  return { fingerprint: undefined, notBefore: undefined, notAfter: undefined, refused }
}

function shownBy(socket: TLSSocket): Shown {
  const { raw, valid_from = '', valid_to = '' } = socket.getPeerCertificate() as Partial<PeerCertificate>
  // Typed as an Error, and in fact a code (node:_tls_wrap, onConnectSecure).
  const error: unknown = socket.authorizationError
  return {
    fingerprint: createHash('sha256')
      .update(raw ?? '')
      .digest('hex'),
    notBefore: new Date(valid_from).toISOString(),
    notAfter: new Date(valid_to).toISOString(),
    refused: socket.authorized ? undefined : ((error as { code?: string } | null)?.code ?? String(error)),
  }
}

function addressText(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`
}
