import { type ConnectionOptions, connect, type PeerCertificate } from 'node:tls'
import { serverNameOf } from './client.ts'
import { lookupVia } from './lookup.ts'

export interface Handshake {
  /** 'TLSv1.3' */
  protocol: string
  certificate: PeerCertificate
  /** Why the certificate is not believed, as a code of OpenSSL or Node; undefined when it is. */
  refusal: string | undefined
}

export interface HandshakeOptions {
  ca?: string | undefined
  /** Where the site is, whatever the DNS says of its name. */
  address?: string | undefined
  minVersion?: ConnectionOptions['minVersion']
  maxVersion?: ConnectionOptions['maxVersion']
  ciphers?: string
  timeoutMs: number
  signal: AbortSignal
}

/** Shakes hands and looks at what the site shows, whether it is to be believed or not. Rejects when there is no handshake. */
export function shakeHands(origin: URL, options: HandshakeOptions): Promise<Handshake> {
  const { timeoutMs, signal, ca, address, ...versions } = options
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: Number(origin.port || 443),
      servername: serverNameOf(origin),
      ...(ca === undefined ? {} : { ca }),
      lookup: lookupVia(address),
      rejectUnauthorized: false,
      ...versions,
    })
    const end = (finish: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.destroy()
      finish()
    }
    const abort = () => end(() => reject(signal.reason))
    const timer = setTimeout(() => end(() => reject(tooLate(timeoutMs))), timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    // After the end a late error is nobody's concern, and must not be uncaught.
    socket.on('error', (error) => end(() => reject(error)))
    socket.once('secureConnect', () => {
      const { authorizationError } = socket
      const handshake = {
        protocol: socket.getProtocol() ?? 'unknown',
        certificate: socket.getPeerCertificate(),
        refusal: socket.authorized ? undefined : codeOf(authorizationError),
      }
      end(() => resolve(handshake))
    })
  })
}

/** Typed as an Error, and in fact a code (node:_tls_wrap, onConnectSecure). */
function codeOf(error: unknown): string {
  return typeof error === 'string' ? error : ((error as { code?: string } | null)?.code ?? String(error))
}

function tooLate(ms: number): Error {
  return Object.assign(new Error(`no handshake within ${ms / 1000} s`), { code: 'ETIMEDOUT' })
}
