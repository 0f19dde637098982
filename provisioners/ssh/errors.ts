import { BookstoreError } from '../engine/errors.ts'
import { type SshTarget, targetName } from './target.ts'

/** A host key as a server showed it. */
export interface ShownKey {
  /** 'ssh-ed25519' */
  type: string
  /** The public key in base64, as it stands in a known_hosts file. */
  key: string
  /** 'SHA256:...', as ssh-keygen -l prints it. */
  fingerprint: string
}

/** Nobody has vouched for this machine yet; `shown` is what to ask the operator about. */
export class HostKeyUnknown extends BookstoreError {
  readonly shown: ShownKey

  constructor(target: SshTarget, shown: ShownKey) {
    super(`${target.host} has not been entered before, and shows the ${shown.type} key ${shown.fingerprint}.`, {
      code: 'host-key-unknown',
      fault: 'user',
      hint: `Compare it with what the provider's console shows, then put it into the configuration: hostKey: ${shown.fingerprint}`,
      details: { ...shown },
    })
    this.shown = shown
  }
}

export function hostKeyChanged(target: SshTarget, shown: ShownKey, expected: string, where: string): BookstoreError {
  return new BookstoreError(
    `${target.host} shows another host key than the one we know: ${shown.fingerprint} instead of ${expected}. Either the machine was installed anew, or somebody is in between.`,
    {
      code: 'host-key-changed',
      fault: 'remote',
      hint: `If it was installed anew, take its old key out of ${where}, then run this again.`,
      details: { ...shown, expected },
    },
  )
}

/** What a failed attempt to connect means; the codes are those of ssh2 and of Node's sockets. */
export function connectionError(error: unknown, target: SshTarget, tried: readonly string[]): BookstoreError {
  if (error instanceof BookstoreError) return error
  const { level, code } = error as { level?: string; code?: string }
  const message = error instanceof Error ? error.message : String(error)
  if (level === 'client-authentication') return denied(target, tried, error)
  return new BookstoreError(`${targetName(target)} cannot be reached: ${reason(code, level, message)}.`, {
    code: 'ssh-unreachable',
    fault: 'remote',
    hint: `Is the machine running, and does its firewall let port ${target.port} in? Try: ssh -p ${target.port} ${target.user}@${target.host}`,
    cause: error,
  })
}

function denied(target: SshTarget, tried: readonly string[], cause: unknown): BookstoreError {
  const what = tried.length === 0 ? 'there is no key to offer' : `it takes none of these keys: ${tried.join(', ')}`
  return new BookstoreError(`${targetName(target)} does not let us in: ${what}.`, {
    code: 'ssh-denied',
    fault: 'user',
    hint: 'Name the key that belongs to this machine as key: in the configuration, or add it to your agent: ssh-add FILE',
    cause,
  })
}

function reason(code: string | undefined, level: string | undefined, message: string): string {
  if (code === 'ECONNREFUSED') return 'nothing listens at its SSH port'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'there is no way to its network'
  if (code === 'ETIMEDOUT' || level === 'client-timeout') return 'it does not answer in time'
  if (code === 'ECONNRESET') return 'it hangs up at once'
  return message.replace(/\.$/, '')
}

export function connectionLost(target: SshTarget): BookstoreError {
  return new BookstoreError(`The connection to ${targetName(target)} broke off in the middle of the work.`, {
    code: 'ssh-lost',
    fault: 'remote',
    hint: 'What was begun on the machine goes on there. Run the same command again to see it through.',
  })
}
