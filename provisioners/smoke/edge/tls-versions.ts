import { shakeHands } from '../http/handshake.ts'
import { expect } from '../types.ts'
import type { Step, Visit } from '../visit.ts'
import { handshakeMs } from './certificate.ts'

/** OpenSSL of our own Node that refuses to speak the old versions at all: then nothing can be said about the site. */
const ours = new Set(['ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'ERR_SSL_NO_CIPHERS_AVAILABLE', 'ERR_SSL_UNSUPPORTED_PROTOCOL'])

/** TLS 1.2 or newer is spoken, and nothing older (RFC 8996). */
export const tlsVersions: Step = {
  name: 'TLS versions',
  needs: ['certificate'],
  async run(visit) {
    const { origin, options, signal } = visit
    const { protocol } = await shakeHands(origin, {
      ca: options.ca,
      address: options.address,
      timeoutMs: handshakeMs,
      signal,
    })
    expect(/^TLSv1\.[23]$/.test(protocol), `${origin.host} speaks ${protocol}; TLS 1.2 is the least.`)
    const old = await speaksOldVersions(visit)
    expect(old !== true, `${origin.host} still speaks TLS 1.1, which is broken (RFC 8996).`)
    return `${protocol.replace('v', ' ')}${old === false ? ', 1.1 refused' : ''}`
  },
}

async function speaksOldVersions({ origin, options, signal }: Visit): Promise<boolean | undefined> {
  try {
    await shakeHands(origin, {
      ca: options.ca,
      address: options.address,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      // OpenSSL 3 signs TLS 1.1 with SHA-1 at security level 0 only.
      ciphers: 'DEFAULT@SECLEVEL=0',
      timeoutMs: handshakeMs,
      signal,
    })
    return true
  } catch (error) {
    signal.throwIfAborted()
    return ours.has((error as { code?: string }).code ?? '') ? undefined : false
  }
}
