import { readFile } from 'node:fs/promises'
import { type ErrorLine, isLast, type Line, type ResultLine, type RunLine } from '../protocol.ts'

export interface Ends {
  first: RunLine | undefined
  /** Undefined while the run goes on, and for ever when it died. */
  last: ResultLine | ErrorLine | undefined
}

/** The first and the last line of a run's events. Of a file that is gone: neither. */
export async function readEnds(file: string): Promise<Ends> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line !== '')
  const [head, tail] = [parseLine(lines[0]), parseLine(lines.at(-1))]
  return { first: head?.type === 'run' ? head : undefined, last: tail && isLast(tail) ? tail : undefined }
}

/** Undefined for what is no whole line, as a power cut may leave it. */
export function parseLine(text: string | undefined): Line | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Line)
  } catch {
    return undefined
  }
}
