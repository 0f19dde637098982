import type { Secret } from '../engine/secret.ts'

export interface RunOptions {
  /** Written to standard input; secrets travel here, never in argv. */
  input?: string
  /** Added to `LC_ALL=C`, a plain PATH and `DEBIAN_FRONTEND=noninteractive`; nothing else is inherited. */
  env?: Readonly<Record<string, string>>
  /** Milliseconds; two minutes by default. What runs longer is ended with all its children. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Exit codes that are answers rather than failures; 0 alone by default. */
  accept?: readonly number[]
}

export interface RunResult {
  /** 128 when a signal ended it. */
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
  /** What this machine may use, be it a container's share of another one. */
  memoryMb: number
  cpus: number
  /** 252 */
  systemd: number
  hostname: string
  /** Kernel, clock and swap belong to the machine around it. */
  container: boolean
}

/** What systemd knows of a unit. Of one that nobody defined, `load` is 'not-found'. */
export interface UnitState {
  /** 'loaded', 'not-found', 'masked', 'bad-setting', 'error'. */
  load: string
  /** 'active', 'reloading', 'inactive', 'failed', 'activating', 'deactivating'. */
  active: string
  /** 'enabled', 'disabled', 'static', 'masked', ...; empty when there is no file. */
  file: string
  /** Its files changed since systemd read them. */
  needsReload: boolean
  /** Of this start of it; empty while it does not run. */
  invocation: string
  /** When it became active, milliseconds since 1970; 0 for never. */
  since: number
}

/** The machine under the agent's feet. Items do everything through it. */
export interface Host {
  readonly facts: Facts
  /** Folder in which the agent remembers: the manifest it keeps, what was there before it came, which packages are its own. */
  readonly memory: string
  /** Who asked for what is being done: 'ana@laptop'. */
  readonly by: string
  /** Folder of the secrets, a file each. */
  readonly secrets: string
  /**
   * Runs a program without a shell.
   * @throws BookstoreError 'program-failed' with the program's last lines, when its code is not accepted;
   * 'program-missing', 'program-slow'; or the signal's reason.
   */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<RunResult>
  /** A secret of the stack, made on this machine or brought by the manifest. @throws BookstoreError 'secret-missing'. */
  secret(name: string): Promise<Secret>
  /** Version of an installed package; undefined unless it is installed and configured. Asked together, answered together. */
  package(name: string): Promise<string | undefined>
  /** Asked together, answered by one start of systemctl. Not for templates (`x@.service`). */
  unit(name: string): Promise<UnitState>
  /** Lets systemd read its files again; those who ask together share it. */
  reloadUnits(): Promise<void>
}
