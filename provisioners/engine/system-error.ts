import { BookstoreError } from './errors.ts'

interface Explanation {
  code: string
  why: string
  hint: string
}

/** What the operating system's codes mean to a person, and the way on. */
const explanations: Record<string, Explanation> = {
  ENOSPC: {
    code: 'disk-full',
    why: 'the disk is full',
    hint: 'Free some space (df -h shows where), then run the same command again.',
  },
  EDQUOT: {
    code: 'disk-full',
    why: 'the disk quota is used up',
    hint: 'Free some space, then run the same command again.',
  },
  EACCES: {
    code: 'not-permitted',
    why: 'this user has no permission',
    hint: 'Run as the owner of that file or folder, or set BOOKSTORE_HOME to a folder of yours.',
  },
  EPERM: {
    code: 'not-permitted',
    why: 'this user has no permission',
    hint: 'Run as the owner of that file or folder, or set BOOKSTORE_HOME to a folder of yours.',
  },
  EROFS: {
    code: 'read-only',
    why: 'the file system is read-only',
    hint: 'Set BOOKSTORE_HOME to a folder that can be written.',
  },
  EMFILE: {
    code: 'too-many-files',
    why: 'too many files are open',
    hint: 'Raise the limit (ulimit -n 4096), then run the same command again.',
  },
  ENFILE: {
    code: 'too-many-files',
    why: 'too many files are open on this computer',
    hint: 'Close some programs, then run the same command again.',
  },
  ENOMEM: {
    code: 'out-of-memory',
    why: 'there is not enough memory',
    hint: 'Close some programs, then run the same command again.',
  },
  ENOENT: {
    code: 'not-found',
    why: 'there is no such file or folder',
    hint: 'Check the path, and that the folder is there.',
  },
  ENOTDIR: {
    code: 'not-a-folder',
    why: 'a part of the path is a file where a folder has to be',
    hint: 'Check the path, or move that file away.',
  },
  ENAMETOOLONG: {
    code: 'path-too-long',
    why: 'the path is too long',
    hint: 'Set BOOKSTORE_HOME to a folder with a shorter path.',
  },
  EADDRINUSE: {
    code: 'port-taken',
    why: 'another program uses that address',
    hint: 'Stop it, or set local.httpsPort and local.httpPort in bookstore.yaml.',
  },
}

/**
 * Turns a failed call to the operating system into a sentence with a way on. What is a BookstoreError already
 * comes back as it is; what is unknown becomes a defect of ours, with the original as its cause.
 *
 * @param doing What was tried, as the start of a sentence: 'writing /home/ana/.bookstore/lease.json'.
 */
export function describeSystemError(error: unknown, doing: string): BookstoreError {
  if (error instanceof BookstoreError) return error
  const { code, path } = systemFacts(error)
  const known = code === undefined ? undefined : explanations[code]
  if (known) {
    const where = path !== undefined && !doing.includes(path) ? ` (${path})` : ''
    return new BookstoreError(`${capital(doing)} failed: ${known.why}${where}.`, {
      code: known.code,
      fault: 'user',
      hint: known.hint,
      cause: error,
      details: { systemCode: code, ...(path === undefined ? {} : { path }) },
    })
  }
  return new BookstoreError(`${capital(doing)} failed: ${messageOf(error)}`, {
    code: 'unexpected',
    fault: 'bug',
    hint: 'Run it again with -v to see where.',
    cause: error,
    details: code === undefined ? {} : { systemCode: code },
  })
}

function systemFacts(error: unknown): { code: string | undefined; path: string | undefined } {
  const facts = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; path?: unknown }
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return { code: text(facts.code), path: text(facts.path) }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  return error === undefined ? 'without saying why' : String(error)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
