import { isIP } from 'node:net'
import { connect } from 'node:tls'

/** What the agent's verb `certificate-kept` answers. */
export interface KeptOnMachine {
  names: readonly string[]
  /** SHA-256, hexadecimal with colons. */
  fingerprint: string | undefined
  notAfter: string | undefined
  /** When the machine means to renew it: as the authority suggests, else after two thirds of its life. */
  renewAfter: string | undefined
  /** The last attempt to renew it, if that failed. */
  failure: { at: string; message: string } | undefined
}

export interface Served {
  fingerprint: string | undefined
  names: readonly string[]
  /** Why a client that believes the authority would refuse it; undefined when it would not. */
  refused: string | undefined
}

export interface OnMachine {
  host: string
  kept: KeptOnMachine
  /** `undefined`: no handshake came about. */
  served: Served | undefined
}

/** Time for people to see to it: a renewal that is so late will not come by itself. */
const lateMs = 2 * 86_400_000

/** What is wrong, as ends of a list; empty when all holds. Pure. */
export function problemsOf(
  { domain, aliases }: { domain: string; aliases: readonly string[] },
  { host, kept, served }: OnMachine,
  now: Date,
): readonly string[] {
  if (kept.notAfter === undefined) return [`${host} has no certificate yet`]
  const missing = [domain, ...aliases].filter((name) => !covers(kept.names, name))
  const late = kept.renewAfter !== undefined && now.getTime() > Date.parse(kept.renewAfter) + lateMs
  return [
    missing.length > 0 && `it is not for ${missing.join(', ')}`,
    Date.parse(kept.notAfter) <= now.getTime() && `it expired on ${kept.notAfter.slice(0, 10)}`,
    late && `it should have been renewed on ${kept.renewAfter?.slice(0, 10)}`,
    kept.failure && `the last renewal failed on ${kept.failure.at.slice(0, 10)}: ${kept.failure.message}`,
    ...servedProblems(host, kept, served),
  ].filter((problem) => typeof problem === 'string')
}

function servedProblems(host: string, kept: KeptOnMachine, served: Served | undefined): (string | false)[] {
  if (!served) return [`${host} made no TLS connection`]
  return [
    served.fingerprint !== kept.fingerprint && `${host} shows another one than it has on its disk`,
    served.refused !== undefined && `clients refuse what ${host} shows: ${served.refused}`,
  ]
}

function covers(names: readonly string[], name: string): boolean {
  return names.includes(name) || names.includes(`*.${name.slice(name.indexOf('.') + 1)}`)
}

/**
 * Shakes hands with a machine under the name of the site, whatever the DNS says of it.
 * @param ca PEM of a private authority; without it those that Node knows.
 */
export function meet(
  host: string,
  name: string,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<Served | undefined> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: 443,
      servername: name,
      rejectUnauthorized: false,
      ...(ca === undefined ? {} : { ca }),
      ...(isIP(host) === 0 ? {} : { family: isIP(host) }),
    })
    const end = (finish: () => void) => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      finish()
    }
    const abort = () => end(() => reject(signal.reason))
    signal.addEventListener('abort', abort, { once: true })
    socket.setTimeout(10_000, () => end(() => resolve(undefined)))
    socket.on('error', () => end(() => resolve(undefined)))
    socket.once('secureConnect', () => {
      const { fingerprint256, subjectaltname = '' } = socket.getPeerCertificate()
      const { authorizationError } = socket
      const names = subjectaltname.split(', ').map((each) => each.replace(/^DNS:/, ''))
      const refused = authorizationError ? String(authorizationError) : undefined
      end(() => resolve({ fingerprint: fingerprint256, names, refused }))
    })
  })
}
