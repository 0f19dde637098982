import { z } from 'zod'
import { BookstoreError } from '../engine/errors.ts'

/** Grows when an older bookstore could no longer read what we write. */
export const formatVersion = 1

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** An unquoted name of ours; what is in a file from outside goes into SQL only when it looks like this. */
const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)
const count = z.number().int().min(0)

const table = z.strictObject({
  schema: identifier,
  name: identifier,
  /** In the order of the COPY; generated ones are left out. */
  columns: z.array(identifier).min(1),
  rows: count,
  bytes: count,
  /** Of the whole COPY text of this table. */
  sha256,
  /** Number of archive entries that it is cut into. */
  parts: count,
})

const sequence = z.strictObject({
  schema: identifier,
  name: identifier,
  /** The number given last, as text since it may pass 2^53; null when none was. */
  last: z
    .string()
    .regex(/^-?\d{1,19}$/)
    .nullable(),
})

const service = z.strictObject({
  /** '15.18' */
  postgres: z.string().max(100),
  /** Names in `pgmigrations`, sorted. */
  migrations: z.array(z.string().regex(/^[\w.-]{1,200}$/)),
  tables: z.array(table),
  sequences: z.array(sequence),
})

const manifest = z.strictObject({
  format: z.literal(formatVersion),
  /** ISO 8601, UTC. */
  created: z.iso.datetime(),
  /** Version of the bookstore that wrote it. */
  bookstore: z.string().max(100),
  shop: z.strictObject({
    name: z.string().max(200),
    domain: z.string().max(300),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  services: z.record(identifier, service),
  covers: z.array(z.strictObject({ name: z.string().regex(/^\w[\w.-]{0,199}$/), size: count, sha256 })),
})

export type Manifest = z.infer<typeof manifest>
export type ServiceManifest = z.infer<typeof service>
export type TableManifest = z.infer<typeof table>
export type SequenceManifest = z.infer<typeof sequence>
export type CoverManifest = Manifest['covers'][number]

/** @throws BookstoreError 'backup-too-new' for another format, 'backup-damaged' for anything else that is no manifest. */
export function parseManifest(text: string): Manifest {
  const value = parseJson(text)
  const { format, bookstore } = (value ?? {}) as { format?: unknown; bookstore?: unknown }
  if (typeof format === 'number' && format > formatVersion) throw newerFormat(format, String(bookstore))
  const parsed = manifest.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw damaged(`its manifest is not one of ours (${issue?.path.join('.') || 'as a whole'}: ${issue?.message})`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function newerFormat(format: number, version: string): BookstoreError {
  return new BookstoreError(
    `The backup has format ${format}, from bookstore ${version}; this one reads ${formatVersion}.`,
    {
      code: 'backup-too-new',
      fault: 'user',
      hint: 'Restore it with a bookstore that is at least as new.',
      details: { format, reads: formatVersion },
    },
  )
}

/** Nothing has been touched when this is thrown. @param why A clause: 'it ends too early'. */
export function damaged(why: string, cause?: unknown): BookstoreError {
  return new BookstoreError(`The backup is damaged or incomplete: ${why}. Nothing was changed.`, {
    code: 'backup-damaged',
    fault: 'user',
    hint: 'Use another copy of the file, or another backup.',
    cause,
  })
}
