import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import { nearest } from './nearest.ts'

/** A command line that cannot be understood: exit status 64. */
export function usageError(code: string, message: string, hint: string): BookstoreError {
  return new BookstoreError(message, { code, fault: 'user', status: exit.usage, hint })
}

/** 'Did you mean status? ...' when something is near, else where to find what there is. */
export function suggestion(word: string, candidates: readonly string[], otherwise: string): string {
  const near = nearest(word, candidates)
  return near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`
}
