import {
  appendFileSync,
  closeSync,
  copyFileSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs'

/** A log is moved aside at this many bytes; this many old ones are kept. */
export const rotation = { bytes: 10 * 1024 * 1024, keep: 2 }

/**
 * Copies a log aside and empties it, when it has grown too big. The writers keep their descriptor, opened
 * for appending, and so go on at the start: they need not know, and need not die with a reader of a pipe.
 * What they write between the copy and the cut is carried over too, up to an instant.
 */
export function rotate(file: string, { bytes, keep } = rotation): boolean {
  const size = sizeOf(file)
  if (size < bytes) return false
  for (let age = keep - 1; age >= 1; age--) {
    if (sizeOf(`${file}.${age}`) > 0) renameSync(`${file}.${age}`, `${file}.${age + 1}`)
  }
  const copy = `${file}.1`
  copyFileSync(file, copy)
  appendFileSync(copy, tail(file, sizeOf(copy)))
  truncateSync(file)
  return true
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function tail(file: string, from: number): Buffer {
  const descriptor = openSync(file, 'r')
  try {
    const rest = Buffer.alloc(Math.max(0, sizeOf(file) - from))
    return rest.subarray(0, readSync(descriptor, rest, 0, rest.length, from))
  } finally {
    closeSync(descriptor)
  }
}
