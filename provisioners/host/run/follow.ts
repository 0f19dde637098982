import { type FileHandle, open, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import type { Clock } from '../../engine/resource.ts'
import { type ErrorLine, isLast, type ResultLine, type RunLine } from '../protocol.ts'
import { parseLine, readEnds } from './lines.ts'

const lookEveryMs = 50
/** Silence after which we ask whether the run still lives. */
const quietMs = 1_000

export interface FollowOptions {
  isUnderWay(): Promise<boolean>
  /** Gets each line as it was written, without its end. */
  say(line: string): void
  clock: Clock
  signal: AbortSignal
}

/**
 * Reads a run's events from the first on, and goes on until the last one. The file may be removed meanwhile.
 *
 * @throws BookstoreError 'run-died': it ended without a last word; 'disk-full' when that is why.
 */
export async function follow(path: string, options: FollowOptions): Promise<ResultLine | ErrorLine> {
  const file = await open(path, 'r')
  try {
    const last = await readToEnd(new Lines(file), options)
    if (last) return last
  } finally {
    await file.close()
  }
  throw await died(path)
}

async function readToEnd(lines: Lines, { isUnderWay, say, clock, signal }: FollowOptions) {
  let heard = clock.now().getTime()
  let ending = false
  for (;;) {
    signal.throwIfAborted()
    const fresh = await lines.next()
    for (const text of fresh) {
      const line = parseLine(text)
      if (line === undefined) continue
      say(text)
      if (isLast(line)) return line
    }
    if (fresh.length > 0) heard = clock.now().getTime()
    else if (ending) return undefined
    else if (clock.now().getTime() - heard < quietMs) await clock.sleep(lookEveryMs, signal)
    else {
      // Once more around after it has ended: its last word may have come since we looked.
      ending = !(await isUnderWay())
      heard = clock.now().getTime()
    }
  }
}

/** What was added to a file since it was last asked, in whole lines. */
class Lines {
  readonly #file: FileHandle
  readonly #buffer = Buffer.alloc(65_536)
  #rest = Buffer.alloc(0)

  constructor(file: FileHandle) {
    this.#file = file
  }

  async next(): Promise<readonly string[]> {
    const { bytesRead } = await this.#file.read(this.#buffer, 0, this.#buffer.length)
    const text = Buffer.concat([this.#rest, this.#buffer.subarray(0, bytesRead)])
    const end = text.lastIndexOf(0x0a) + 1
    this.#rest = text.subarray(end)
    return text.toString('utf8', 0, end).split('\n').slice(0, -1)
  }
}

async function died(path: string): Promise<BookstoreError> {
  const { first } = await readEnds(path)
  const { bavail } = await statfs(dirname(path)).catch(() => ({ bavail: 1 }))
  return bavail === 0 ? diskFull(first) : runDied(first)
}

/** What is said of a run that has neither an end nor a process. */
export function runDied(run: RunLine | undefined): BookstoreError {
  const which = run ? `'${run.verb}', started by ${run.by} at ${run.since},` : 'The work on the machine'
  return new BookstoreError(`${which} ended before it was done: it was killed, or the machine was restarted.`, {
    code: 'run-died',
    fault: 'remote',
    hint: 'Run the same command again; it goes on where it stopped.',
    details: { ...run },
  })
}

function diskFull(run: RunLine | undefined): BookstoreError {
  return new BookstoreError(`The machine's disk is full${run ? `; '${run.verb}' stopped` : ''}.`, {
    code: 'disk-full',
    fault: 'user',
    hint: 'Free some space on the machine (df -h shows where), then run the same command again.',
  })
}
