import type { Host } from '../../host.ts'
import type { Process } from '../units.ts'

export interface ProcessState extends Process {
  /** As systemd has it: 'active', 'activating', 'inactive', 'failed', ... A process is active once it is ready. */
  active: string
  /** Starts at boot. */
  enabled: boolean
  /** How often it has been started again without anybody asking. */
  restarts: number
}

/** What makes programs run: systemd or Docker. Lists are never empty. */
export interface ProcessRuntime {
  /** In the order of the question. */
  read(host: Host, processes: readonly Process[]): Promise<readonly ProcessState[]>
  /** All of ours that it has in mind, whatever their slot. */
  known(host: Host): Promise<readonly Process[]>
  /** Does not wait until they are ready. What failed before may try again. */
  start(host: Host, processes: readonly Process[]): Promise<void>
  enable(host: Host, processes: readonly Process[], enabled: boolean): Promise<void>
  /** Each finishes what it has begun, for ten seconds at most. */
  stop(host: Host, processes: readonly Process[]): Promise<void>
  /** After the last `stop`: forgets what is of no use any more. */
  settled(host: Host, processes: readonly Process[]): Promise<void>
}
