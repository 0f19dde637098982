import { BookstoreError } from '../../engine/errors.ts'

/** The backup's tables are not those that its migrations make in this release: a migration was changed after the fact. */
export function mismatch(service: string, why: string): BookstoreError {
  return new BookstoreError(`The backup of ${service} does not fit this release: ${why}. The shop was not changed.`, {
    code: 'backup-mismatch',
    fault: 'user',
    hint: 'Restore it with the version of bookstore that wrote it, then bring that up to date.',
  })
}

/** Prices would be read in another currency than they were set in. */
export function otherCurrency(theirs: string, ours: string): BookstoreError {
  return new BookstoreError(
    `The backup is of a shop that sells in ${theirs}, and this one sells in ${ours}. The shop was not changed.`,
    {
      code: 'backup-currency',
      fault: 'user',
      hint: `Set currency: ${theirs} in bookstore.yaml, run bookstore up, and restore again.`,
    },
  )
}

/** The target and the backup must be shops of the same services. */
export function otherServices(missing: readonly string[]): BookstoreError {
  return new BookstoreError(`The backup holds nothing of ${missing.join(', ')}. The shop was not changed.`, {
    code: 'backup-mismatch',
    fault: 'user',
    hint: 'Use a backup that bookstore db backup has written.',
  })
}
