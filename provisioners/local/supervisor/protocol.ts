import type { ProcessSpec } from './spec.ts'

export type ProcessState = 'starting' | 'ready' | 'waiting' | 'stopping' | 'stopped'

export interface ProcessStatus {
  name: string
  hash: string
  state: ProcessState
  pid: number | undefined
  /** Milliseconds since the epoch of the last start. */
  since: number | undefined
  /** Times that it was started again after it died by itself. */
  restarts: number
  tier: number
  log: string
  lastExit: string | undefined
}

export interface SupervisorStatus {
  pid: number
  since: number
  /** Digest of the program that the supervisor runs. */
  revision: string
  node: string
  processes: ProcessStatus[]
}

/** One JSON line each way. A connection carries one request. */
export type Request =
  | { do: 'status' }
  /** Make this process run; returns at once. An equal spec changes nothing. */
  | { do: 'put'; spec: ProcessSpec }
  /** Answers when the process is ready, has died three times since its last `put`, or after `timeoutMs`. */
  | { do: 'await'; name: string; timeoutMs: number }
  | { do: 'signal'; name: string; signal: NodeJS.Signals }
  /** Answers when the process has stopped. */
  | { do: 'remove'; name: string }
  /** Stops all, forgets all, answers, ends. */
  | { do: 'shutdown' }

export type Reply = { ok: true; status?: SupervisorStatus } | { ok: false; code: string; message: string }
