import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** How far NGINX's log of requests was read: in which file, and to which byte. */
export interface LogPosition {
  inode: number
  offset: number
}

/**
 * A line of the log with a status of 5xx (templates/nginx/config.ts). What a visitor sends cannot look like it: within values
 * NGINX escapes the quote (`escape=json`).
 */
const serverError = /"status":5\d\d,/

export interface Counted {
  errors: number
  /** Where the next counting begins; undefined while there is no log. */
  position: LogPosition | undefined
}

/**
 * Counts requests that were answered with 5xx since a position; without one, from now on. A log that was turned over in
 * between is read to its end first (logrotate leaves it beside the new one, as FILE.1, until the next turn).
 */
export async function countServerErrors(log: string, since: LogPosition | undefined): Promise<Counted> {
  const [now, before] = await Promise.all([positionOf(log), positionOf(`${log}.1`)])
  if (!now) return { errors: 0, position: since }
  if (!since) return { errors: 0, position: now }
  if (now.inode === since.inode)
    return countFrom(log, { ...since, offset: since.offset > now.offset ? 0 : since.offset })
  const old = before?.inode === since.inode ? (await countFrom(`${log}.1`, since)).errors : 0
  const fresh = await countFrom(log, { inode: now.inode, offset: 0 })
  return { ...fresh, errors: old + fresh.errors }
}

async function positionOf(file: string): Promise<LogPosition | undefined> {
  const found = await stat(file).catch(() => undefined)
  return found && { inode: found.ino, offset: found.size }
}

/** Whole lines only: one that is being written is left to the next time. */
async function countFrom(file: string, { inode, offset }: LogPosition): Promise<Counted & { position: LogPosition }> {
  let [errors, read, rest] = [0, offset, '']
  // A byte a character, so that lengths are positions.
  for await (const chunk of createReadStream(file, { start: offset, encoding: 'latin1' })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      read += line.length + 1
      if (serverError.test(line)) errors += 1
    }
  }
  return { errors, position: { inode, offset: read } }
}
