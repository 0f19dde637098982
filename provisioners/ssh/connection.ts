import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NodeSSH } from 'node-ssh'
import type { ClientChannel } from 'ssh2'
import { BookstoreError } from '../engine/errors.ts'
import { type Credentials, credentialsOf } from './credentials.ts'
import { connectionError, connectionLost, HostKeyUnknown, hostKeyChanged, type ShownKey } from './errors.ts'
import { fingerprintOf, type KnownKey, knownKeys, shownKey } from './known-hosts.ts'
import { quoteArgv } from './quote.ts'
import { type SshTarget, targetName } from './target.ts'

export interface ConnectOptions {
  /** Files that vouch for host keys; the first is ours. */
  knownHosts: readonly string[]
  /** SSH_AUTH_SOCK */
  agentSocket: string | undefined
  signal: AbortSignal
  /** Milliseconds from the first packet to the login; 20 s by default. */
  timeoutMs?: number
}

export interface RemoteOptions {
  /** Standard input; secrets travel here. */
  input?: string | Readable
  /** Called with each line of standard output as it comes, without its end; then `stdout` stays empty. */
  onLine?: (line: string) => void
  /** Takes standard output as it is, and is ended with it; then `stdout` stays empty. */
  output?: Writable
  /** Milliseconds; without it as long as it takes, while the connection lives. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Exit codes that are answers rather than failures; 0 alone by default. */
  accept?: readonly number[] | 'any'
}

export interface RemoteResult {
  code: number
  stdout: string
  stderr: string
}

/** A machine that we are in, with the rights of root. */
export interface Connection {
  readonly target: SshTarget
  /** How many commands were run over this connection. */
  readonly requests: number
  /**
   * Runs an argv as root, through one shell that quotes it.
   * @throws BookstoreError 'remote-failed' when its code is not accepted, 'sudo-missing', 'ssh-lost', 'remote-timeout'.
   */
  run(argv: readonly string[], options?: RemoteOptions): Promise<RemoteResult>
  close(): void
}

/**
 * Enters a machine whose host key is vouched for.
 *
 * @throws HostKeyUnknown when nobody has vouched for it; BookstoreError 'host-key-changed', 'ssh-denied',
 *   'ssh-unreachable'.
 */
export async function connect(target: SshTarget, options: ConnectOptions): Promise<Connection> {
  options.signal.throwIfAborted()
  const known = await knownKeys(options.knownHosts, target)
  const credentials = await credentialsOf(target, options.agentSocket)
  return new SshConnection(await enter(target, known, credentials, options), target)
}

async function enter(
  target: SshTarget,
  known: readonly KnownKey[],
  { methods, names }: Credentials,
  { signal, timeoutMs = 20_000 }: ConnectOptions,
): Promise<NodeSSH> {
  const ssh = new NodeSSH()
  const abort = () => ssh.dispose()
  signal.addEventListener('abort', abort, { once: true })
  let refusal: BookstoreError | undefined
  try {
    const types = [...new Set(known.map(({ type }) => type))]
    await ssh.connect({
      host: target.host,
      port: target.port,
      username: target.user,
      // Its own timer ends at the login; ours for a host that swallows packets.
      readyTimeout: timeoutMs,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      ...(types.length > 0 ? { algorithms: { serverHostKey: { prepend: offered(types) } } } : {}),
      authHandler: [...methods],
      hostVerifier: (raw: Buffer) => {
        refusal = verdict(target, shownKey(raw), known)
        return refusal === undefined
      },
    } as Parameters<NodeSSH['connect']>[0])
    return ssh
  } catch (error) {
    ssh.dispose()
    signal.throwIfAborted()
    throw refusal ?? connectionError(error, target, names)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** RSA keys sign with SHA-2 under names of their own (RFC 8332). */
function offered(types: readonly string[]): string[] {
  return types.flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]))
}

/** Why this key is not accepted, or undefined when it is. */
function verdict(target: SshTarget, shown: ShownKey, known: readonly KnownKey[]): BookstoreError | undefined {
  if (target.hostKey !== undefined) {
    if (target.hostKey === shown.fingerprint) return undefined
    return hostKeyChanged(target, shown, target.hostKey, 'the configuration (hostKey)')
  }
  if (known.some(({ key }) => key === shown.key)) return undefined
  const other = known.find(({ type }) => type === shown.type) ?? known[0]
  if (!other) return new HostKeyUnknown(target, shown)
  return hostKeyChanged(target, shown, fingerprintOf(Buffer.from(other.key, 'base64')), other.file)
}

class SshConnection implements Connection {
  readonly target: SshTarget
  requests = 0
  readonly #ssh: NodeSSH

  constructor(ssh: NodeSSH, target: SshTarget) {
    this.#ssh = ssh
    this.target = target
    // A machine that goes away between two commands would otherwise be an uncaught error.
    ssh.connection?.on('error', () => {})
  }

  close(): void {
    this.#ssh.dispose()
  }

  async run(argv: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    const { accept = [0], signal, timeoutMs } = options
    signal?.throwIfAborted()
    this.requests++
    const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
    const result = await this.#execute(asRoot(this.target, argv), options, limit)
    signal?.throwIfAborted()
    if (limit?.aborted) throw timedOut(argv, this.target)
    // A session that dies has neither a code nor a signal; a killed command has a signal and no code.
    if (result.code === null && result.signal === null) throw connectionLost(this.target)
    const code = result.code ?? 255
    if (accept === 'any' || accept.includes(code)) return { code, stdout: result.stdout, stderr: result.stderr }
    if (this.target.user !== 'root' && /^sudo(-rs)?:/.test(result.stderr)) throw noSudo(this.target, result.stderr)
    throw failed(argv, this.target, code, result.stderr || result.stdout)
  }

  #execute(
    argv: readonly string[],
    { input, output, onLine, signal }: RemoteOptions,
    limit: AbortSignal | undefined,
  ): Promise<Ended> {
    return this.#open(quoteArgv(argv), async (channel) => {
      const ends = [signal, limit].filter((each) => each !== undefined)
      // A server closes a channel only when its command ends, which may never be: nobody waits for that.
      let abandon = () => {}
      const abandoned = new Promise<Ended>((resolve) => {
        abandon = () => {
          channel.signal('TERM')
          channel.close()
          resolve({ code: null, signal: 'TERM', stdout: '', stderr: '' })
        }
      })
      for (const each of ends) each.addEventListener('abort', abandon, { once: true })
      if (ends.some((each) => each.aborted)) abandon()
      try {
        return await Promise.race([collect(channel, input, output, onLine), abandoned])
      } finally {
        for (const each of ends) each.removeEventListener('abort', abandon)
      }
    })
  }

  /**
   * Over the client that node-ssh connected: its own execCommand keeps all output in memory, and logs may follow for days.
   *
   * @param use Called in the very moment in which the channel opens, and has to listen at once: what a server says in one
   *   breath (that it began, the output, the code, the end) is told in one go, and to whoever listens later not at all.
   */
  #open<T>(command: string, use: (channel: ClientChannel) => Promise<T>): Promise<T> {
    const client = this.#ssh.connection
    if (!client) throw connectionLost(this.target)
    return new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => (error ? reject(connectionLost(this.target)) : resolve(use(channel))))
    })
  }
}

interface Ended {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

async function collect(
  channel: ClientChannel,
  input: string | Readable | undefined,
  output: Writable | undefined,
  onLine: ((line: string) => void) | undefined,
): Promise<Ended> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const lines = onLine ? splitter(onLine) : undefined
  let ended: Pick<Ended, 'code' | 'signal'> = { code: null, signal: null }
  const passed = output ? pipeline(channel, output) : undefined
  if (!output) channel.on('data', (chunk: Buffer) => (lines ? lines.take(chunk) : out.push(chunk)))
  channel.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  channel.on('exit', (code: number | null, signal?: string) => {
    ended = { code, signal: signal ?? null }
  })
  const closed = new Promise<void>((resolve) => channel.once('close', resolve))
  // A command that ends without reading its input closes the pipe under us; its exit code says what that means.
  channel.on('error', () => {})
  const fed =
    input === undefined || typeof input === 'string' ? void channel.end(input ?? '') : pipeline(input, channel)
  // Where its output cannot be written nobody waits for the command; of a channel that breaks off so no close may be told.
  const written = passed?.catch((error: unknown) => {
    channel.close()
    throw error
  })
  await Promise.all([Promise.resolve(written).then(() => closed), Promise.resolve(fed).catch(() => channel.close())])
  lines?.end()
  return { ...ended, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
}

function asRoot({ user }: SshTarget, argv: readonly string[]): readonly string[] {
  return user === 'root' ? argv : ['sudo', '-n', '--', ...argv]
}

/** Puts chunks together to lines. */
function splitter(onLine: (line: string) => void) {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    take: (chunk: Buffer) => {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) onLine(line)
    },
    end: () => {
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? ''

function failed(argv: readonly string[], target: SshTarget, code: number, output: string): BookstoreError {
  const said = lastLine(output)
  return new BookstoreError(`'${argv[0]}' on ${target.host} ended with status ${code}${said ? `: ${said}` : '.'}`, {
    code: 'remote-failed',
    fault: 'remote',
    details: { program: argv[0], status: code, output: output.slice(-2_000) },
  })
}

function noSudo(target: SshTarget, stderr: string): BookstoreError {
  return new BookstoreError(`${targetName(target)} may not become root without a password: ${lastLine(stderr)}.`, {
    code: 'sudo-missing',
    fault: 'user',
    hint: `Enter as root (user: root), or let ${target.user} run sudo without a password (NOPASSWD in /etc/sudoers.d).`,
  })
}

function timedOut(argv: readonly string[], target: SshTarget): BookstoreError {
  return new BookstoreError(`'${argv[0]}' on ${target.host} did not end in time.`, {
    code: 'remote-timeout',
    fault: 'remote',
    hint: 'Run the same command again.',
  })
}
