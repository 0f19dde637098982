import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BookstoreError, exit } from '../engine/errors.ts'
import type { Clock } from '../engine/resource.ts'
import type { LogLine } from '../targets/target.ts'
import { parseLogLine } from './log-lines.ts'

/** Most that is read from the end of one log to find its last lines, in bytes. */
const tailBytes = 512 * 1024

/** How often a followed log is looked at, in milliseconds. */
const lookEvery = 200

export interface LogFile {
  process: string
  path: string
}

/**
 * The logs of a process ('catalog-1'), of all processes of a service ('catalog'), or all of them.
 * Throws `unknown-process` with status 64 and the names that there are.
 */
export async function logFiles(folder: string, name: string | undefined): Promise<LogFile[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.log')).sort()
  const all = files.map((file) => ({ process: basename(file, '.log'), path: join(folder, file) }))
  const found = all.filter(
    ({ process }) => name === undefined || process === name || process.replace(/-\d+$/, '') === name,
  )
  if (found.length > 0 || name === undefined) return found
  const names = all.map(({ process }) => process).join(', ')
  throw new BookstoreError(`There is no log of a process called '${name}'.`, {
    code: 'unknown-process',
    fault: 'user',
    status: exit.usage,
    hint: names === '' ? 'Nothing was ever started here: bookstore up' : `There are: ${names}.`,
  })
}

/** Follows one log through rotation. */
class Reader {
  readonly file: LogFile
  #offset = 0
  #rest = ''
  #time = 0

  constructor(file: LogFile) {
    this.file = file
  }

  /** Jumps near to the end, so that the last lines are read and no more. */
  async toTail(): Promise<void> {
    const size = await sizeOf(this.file.path)
    this.#offset = Math.max(0, size - tailBytes)
  }

  /** What was written since the last call, in whole lines. */
  async next(): Promise<LogLine[]> {
    const size = await sizeOf(this.file.path)
    // Cut off by a rotation: what follows is new.
    if (size < this.#offset) this.#offset = 0
    if (size === this.#offset) return []
    const lines = (this.#rest + (await this.#read(size))).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.filter((line) => line !== '').map((line) => this.#parse(line))
  }

  async #read(size: number): Promise<string> {
    const handle = await open(this.file.path)
    try {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(size - this.#offset),
        0,
        size - this.#offset,
        this.#offset,
      )
      this.#offset += bytesRead
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  }

  #parse(line: string): LogLine {
    const parsed = parseLogLine(line, this.file.process, this.#time)
    this.#time = parsed.time
    return parsed
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}

/** Merges the last `count` lines of several logs by time and hands them on; then, with `follow`, what comes, until aborted. */
export async function readLogs(
  files: readonly LogFile[],
  options: { count: number; follow: boolean; clock: Clock; signal: AbortSignal },
  handle: (line: LogLine) => void,
): Promise<void> {
  const readers = files.map((file) => new Reader(file))
  await Promise.all(readers.map((reader) => reader.toTail()))
  for (const line of (await newLines(readers)).slice(-options.count)) handle(line)
  while (options.follow && !options.signal.aborted) {
    await options.clock.sleep(lookEvery, options.signal).catch(() => {})
    for (const line of await newLines(readers)) handle(line)
  }
}

async function newLines(readers: readonly Reader[]): Promise<LogLine[]> {
  const found = await Promise.all(readers.map((reader) => reader.next()))
  return found.flat().sort((a, b) => a.time - b.time)
}
