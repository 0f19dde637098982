import type { PeerCertificate } from 'node:tls'
import { explain, explainCode } from '../http/explain.ts'
import { type Handshake, shakeHands } from '../http/handshake.ts'
import { DoesNotHold, expect } from '../types.ts'
import type { Step, Visit } from '../visit.ts'

export const handshakeMs = 10_000
const dayMs = 86_400_000

/** For this name, of a chain that ends at the authority, and within its dates. */
export const certificate: Step = {
  name: 'certificate',
  async run(visit) {
    const { certificate: shown, refusal } = await handshake(visit)
    expect(refusal === undefined, `${visit.origin.host} cannot be trusted: ${reason(refusal, shown)}.`)
    const days = Math.floor((Date.parse(shown.valid_to) - visit.clock.now().getTime()) / dayMs)
    return `${visit.origin.hostname}, by ${nameOf(shown.issuer)}, ${days} ${days === 1 ? 'day' : 'days'} left`
  },
}

async function handshake({ origin, options, signal }: Visit): Promise<Handshake> {
  try {
    return await shakeHands(origin, { ca: options.ca, address: options.address, timeoutMs: handshakeMs, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw new DoesNotHold(`${origin.host} made no TLS connection: ${explain(error)}.`)
  }
}

function reason(code: string | undefined, shown: PeerCertificate): string {
  const sentence = explainCode(code) ?? `its certificate was refused (${code})`
  if (code === 'CERT_HAS_EXPIRED') return `${sentence} on ${shown.valid_to}`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${sentence}: ${shown.subjectaltname ?? 'it has none'}`
  return sentence
}

function nameOf(issuer: PeerCertificate['issuer'] | undefined): string {
  return [issuer?.CN ?? issuer?.O ?? 'an authority without a name'].flat().join(', ')
}
