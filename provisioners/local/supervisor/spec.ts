import { createHash } from 'node:crypto'

/** How the supervisor learns that a process can do its work. */
export type Probe =
  /** 200 on `path` over a unix socket. `live` must be 200 as well, for good; 3 failures in a row restart the process. */
  | { kind: 'http'; socket: string; path: string; live?: string }
  /** The server asks for a password instead of refusing: what pg_isready checks. */
  | { kind: 'postgres'; socket: string }
  /** A TLS handshake with this name on 127.0.0.1. */
  | { kind: 'tls'; port: number; name: string }

/** Everything needed to run one process; no secret is in it. A different spec is a different process. */
export interface ProcessSpec {
  /** 'catalog-1': unique, also the name of its log file. */
  name: string
  argv: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  ready: Probe
  stop: { signal: NodeJS.Signals; graceMs: number }
  /** Lower tiers start first and stop last. */
  tier: number
  /** Unix sockets and other files that a killed process leaves behind; removed before it starts. */
  leftovers: readonly string[]
  /** A lock file whose first line is a pid; removed before the start unless that pid works in `folder`. */
  lock?: { file: string; folder: string }
  /** Digest of what the process reads at its start: program, credentials, configuration. */
  revision: string
  log: string
  /** More files that it writes and that are rotated like its log. */
  otherLogs?: readonly string[]
  /** Run as this user; only root can. */
  user?: { uid: number; gid: number }
}

export function specHash(spec: ProcessSpec): string {
  return createHash('sha256').update(canonical(spec)).digest('hex').slice(0, 16)
}

/** JSON with sorted keys: the same spec gives the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
