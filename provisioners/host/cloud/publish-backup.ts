import { basename } from 'node:path'
import { connectFromMachine } from '../../aws/from-machine/clients.ts'
import { nightlyPrefix, weeklyPrefix } from '../../aws/from-machine/names.ts'
import { putFile } from '../../aws/from-machine/put-file.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import { retry } from '../../engine/retry.ts'
import { backupTime, weekOf } from '../backups/policy.ts'
import type { Host } from '../host.ts'
import type { CloudPlace } from './place.ts'
import { lastPublished, type PublishedBackup, rememberPublished } from './published.ts'

/** What passes: the metadata service of a machine that has just booted, a network that is not there for a moment. */
const patience = {
  codes: ['aws-credentials-missing', 'aws-credentials-expired', 'aws-unreachable'],
  attempts: 5,
  firstDelayMs: 3_000,
  address: 'host.backup/publish',
} as const

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Puts a backup of this machine into the bucket of its stack, the first of a week apart from the others, since it stays longer.
 * @throws BookstoreError 'backup-not-published'. The file on the machine stays whatever comes of it.
 */
export async function publishBackup(
  file: string,
  { region, bucket, account: owner }: CloudPlace,
  { host, environment }: { host: Pick<Host, 'memory'>; environment: Environment },
  ctx: Context,
): Promise<PublishedBackup> {
  const name = basename(file)
  const made = backupTime(name) ?? ctx.clock.now()
  const key = `${prefixFor(made, await lastPublished(host))}${name}`
  const aws = connectFromMachine({ region, environment })
  try {
    const uploaded = await retry(() => putFile(aws, { bucket, owner, key, file }, ctx), patience, ctx)
    const published = { bucket, key, ...uploaded, at: made.toISOString() }
    await rememberPublished(host, published)
    return published
  } catch (error) {
    ctx.signal.throwIfAborted()
    throw notPublished(file, `s3://${bucket}/${key}`, error)
  } finally {
    aws.close()
  }
}

/** Of the weeks in which something came, each has one backup among the weekly ones. Pure. */
export function prefixFor(made: Date, last: Pick<PublishedBackup, 'at'> | undefined): string {
  return last && weekOf(new Date(last.at)) === weekOf(made) ? nightlyPrefix : weeklyPrefix
}

function notPublished(file: string, place: string, cause: unknown): BookstoreError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new BookstoreError(`The backup is whole, but it could not be put to ${place}: ${why}`, {
    code: 'backup-not-published',
    fault: 'remote',
    hint: `It is ${file}. bookstore up mends role and bucket; then: systemctl start bookstore-backup.service`,
    cause,
    details: { file, place },
  })
}
