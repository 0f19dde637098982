import type { Manifest as BackupManifest } from '../backups/manifest.ts'
import type { Summary } from '../engine/apply.ts'
import type { Check } from '../engine/check.ts'
import type { Context } from '../engine/resource.ts'
import type { Plan } from '../engine/step.ts'

/** What a person, or a program, needs to know to use a site that stands. */
export interface SiteFacts {
  url: string
  /** Absolute path of the certificate of a private authority that signed the site's; undefined for a public one. */
  ca: string | undefined
  /** A request that works before that authority is trusted. */
  curl?: string
}

export interface ProcessReport {
  name: string
  pid: number | undefined
  state: 'starting' | 'ready' | 'waiting' | 'stopping' | 'stopped' | 'missing' | 'orphaned' | 'failed'
  restarts: number
  /** Milliseconds since its last start. */
  uptimeMs: number | undefined
  /** Bytes; shared pages count once. */
  memory: number | undefined
  /** Absolute path of its log file, where it has one. */
  log: string | undefined
}

export interface SiteStatus {
  url: string
  ca: string | undefined
  state: 'running' | 'degraded' | 'stopped'
  processes: readonly ProcessReport[]
  certificate: { names: readonly string[]; notAfter: string; renewAfter: string | undefined } | undefined
  /** The last one that was made by itself: when (ISO 8601), and where it is; one that left its machine before others. */
  backup?: { at: string; place: string }
  versions: Readonly<Record<string, string | undefined>>
  /** Local state: all of it, or a cache of what the machines know. */
  home: string
  /** The active release, where releases are kept. */
  release?: string
}

export interface CertificateVerdict {
  /** Nothing is wrong. */
  holds: boolean
  problems: readonly string[]
  /** Worth knowing, and no reason for alarm: it is due, the last try failed. */
  notes?: readonly string[]
  names: readonly string[]
  notAfter: string | undefined
  renewAfter: string | undefined
}

export interface Renewal {
  renewed: boolean
  /** Why, or until when there is time. */
  because: string
  names: readonly string[]
  notAfter: string
}

export interface Takedown {
  /** Names of what ran, or of what was there. */
  stopped: readonly string[]
  leftovers: readonly { what: string }[]
  /** One sentence about what is gone and what stays. */
  outcome: string
}

export interface LogRequest {
  /** A process, a service, or everything. */
  process: string | undefined
  /** How many lines to begin with. */
  count: number
  follow: boolean
}

/** One line of any log, read as far as it can be. */
export interface LogLine {
  /** Milliseconds since the epoch; of the line before it when it has none. */
  time: number
  process: string
  level: string
  message: string
  /** What else a JSON line holds. */
  fields: Readonly<Record<string, unknown>>
}

/**
 * A size at which the shop runs. Verbs are the same on all of them; what one target has and another has not is
 * undefined there, and the verb says so.
 */
export interface Target {
  plan(ctx: Context): Promise<Plan>
  /** Makes it so. Throws like `converge` (engine/converge.ts). */
  up(verb: string, ctx: Context): Promise<Summary>
  facts(): SiteFacts
  checks(): readonly Check[]
  status(ctx: Context): Promise<SiteStatus>
  /** Names of what has a log, and their lines merged by time. */
  logs(request: LogRequest, ctx: Context, onLine: (line: LogLine) => void): Promise<void>
  certificate(ctx: Context): Promise<CertificateVerdict>
  renew(force: boolean, ctx: Context): Promise<Renewal>
  backup(file: string, ctx: Context): Promise<BackupManifest>
  /** @param agree Called when the backup is known to be whole and to fit; a rejection ends it, nothing was changed. */
  restore(file: string, ctx: Context, agree: (manifest: BackupManifest) => Promise<void>): Promise<BackupManifest>
  /** Sets the number of processes of each service; at once where the shop runs. Answers what was changed. */
  scale(instances: number, ctx: Context): Promise<readonly string[] | 'stopped'>
  /** Whether there is anything to take down. */
  exists(ctx: Context): Promise<boolean>
  down(options: { purge: boolean }, ctx: Context): Promise<Takedown>
  /** Only where the configuration does not say which machines there are: finds out, and fills in the site's `vm`. */
  readonly locate?: (ctx: Context) => Promise<void>
  /** Only where releases are kept apart from the configuration. */
  readonly releases?: Releases
  /** Only where somebody bills for it, and lets in by rights. */
  readonly cloud?: Cloud
}

/** What those want to know who pay, and those who give rights. */
export interface Cloud {
  /** The least that is needed for a verb, or for all of them, as a document of the cloud's own. */
  policy(verb: string | undefined, ctx: Context): Promise<object>
  costs(): Promise<CostReport>
}

export interface CostReport {
  lines: readonly { what: string; monthly: number | undefined }[]
  /** US dollars; undefined when the price of a part is not known. */
  monthly: number | undefined
  /** 'YYYY-MM-DD' of the prices of the region. */
  asOf: string | undefined
  /** What comes on top, in a sentence. */
  beside: string
}

export interface ReleaseReport {
  id: string
  active: boolean
  /** ISO 8601; when it was last made the active one. */
  since: string | undefined
  by: string | undefined
}

export interface Releases {
  /** Builds what stands in this working tree, and has it serve. */
  deploy(ctx: Context): Promise<{ id: string; changed: boolean }>
  /** Has an older one serve; the one before the active one by default. */
  rollback(id: string | undefined, ctx: Context): Promise<{ id: string; changed: boolean }>
  list(ctx: Context): Promise<readonly ReleaseReport[]>
  maintenance(on: boolean, ctx: Context): Promise<void>
}
