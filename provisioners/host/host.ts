import type { Secret } from '../engine/secret.ts'

export interface RunOptions {
  /** Written to standard input; secrets travel here, never in argv. */
  input?: string
  /** Added to `LC_ALL=C`, a plain PATH and `DEBIAN_FRONTEND=noninteractive`; nothing else is inherited. */
  env?: Readonly<Record<string, string>>
  /** Milliseconds; two minutes by default. What runs longer is killed with all its children. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Exit codes that are answers rather than failures; 0 alone by default. */
  accept?: readonly number[]
}

export interface RunResult {
  code: number
  stdout: string
  stderr: string
}

/** What the agent knows of the machine before it starts; gathered once a run, without changing anything. */
export interface Facts {
  distribution: 'debian' | 'ubuntu'
  /** '12', '22.04'. */
  version: string
  codename: string
  /** As npm and Node call it. */
  architecture: 'x64' | 'arm64'
  memoryMb: number
  cpus: number
  /** 252 */
  systemd: number
  hostname: string
}

/** The machine under the agent's feet. Items do everything through it. */
export interface Host {
  readonly facts: Facts
  /**
   * Runs a program without a shell.
   * @throws BookstoreError 'program-failed' with the program's last lines, when its code is not accepted.
   */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<RunResult>
  /** A secret of the stack, made on this machine or brought by the manifest. @throws BookstoreError 'secret-missing'. */
  secret(name: string): Promise<Secret>
}
