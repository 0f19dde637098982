import type { Context } from '../../engine/resource.ts'
import type { Secret } from '../../engine/secret.ts'
import type { StoredCertificate } from '../store.ts'

/** Who we are at one authority. The key is made and kept before anything is asked of the authority. */
export interface Account {
  /** PKCS #8, PEM. */
  key: Secret
  /** Given by the authority at registration. */
  url?: string
  contact?: string
}

export interface TxtValue {
  name: string
  value: string
}

/** An order that is under way at one authority, and what has to be cleaned up after it. */
export interface Order {
  /** URL of the authority's directory. */
  authority: string
  names: readonly string[]
  profile?: string
  /** Of the certificate that it asks for; kept before the order is placed. PKCS #8, PEM. */
  key: Secret
  /** Given by the authority; without it the order was not placed, or its answer was lost. */
  url?: string
  /** TXT values that are about to be written, or were and may still stand there. */
  values: readonly TxtValue[]
  /** Nothing is asked for any more, only `values` remain. */
  over?: boolean
}

/** A certificate with its key, as it is served. */
export interface KeptCertificate extends StoredCertificate {
  /** Two certificates never have the same. It begins with the second from which on it is valid. */
  id: string
  key: Secret
  /** URL of the directory of the authority that signed it. */
  authority: string
}

export interface Window {
  /** ISO 8601 */
  start: string
  end: string
}

/** What the authority suggested for one certificate (RFC 9773), and the moment in it that we drew. */
export interface Suggestion {
  certificate: string
  /** `undefined`: the authority offers none, or could not be asked. */
  window?: Window
  /** ISO 8601 */
  chosen?: string
  /** ISO 8601; not to be asked again earlier. */
  askAfter: string
  /** Where the authority explains an unusual window. */
  explanation?: string
}

export interface Failure {
  /** How many in a row. */
  count: number
  /** ISO 8601 */
  at: string
  code: string
  message: string
}

/** What is remembered between runs. All of it may be lost without harm. */
export interface Diary {
  failure?: Failure
  /** ISO 8601; the authority asked not to be asked again earlier. */
  retryAt?: string
  suggestion?: Suggestion
}

/**
 * What has to be kept for one certificate, wherever the stack keeps such things.
 *
 * - What was saved is there after a crash of the machine, in whole: the old or the new, never a part.
 * - `keep` makes a certificate the current one in one instant, for everybody who reads it. The same one twice is once.
 * - `locked` runs `work` while nobody else does, on any machine that shares the store. Whoever comes second waits.
 * - Everything that is absent reads as `undefined` or nothing; removing it succeeds.
 */
export interface CertificateStore {
  account(authority: string): Promise<Account | undefined>
  saveAccount(authority: string, account: Account): Promise<void>
  orders(): Promise<readonly Order[]>
  /** One an authority. */
  saveOrder(order: Order): Promise<void>
  removeOrder(authority: string): Promise<void>
  current(): Promise<KeptCertificate | undefined>
  keep(certificate: { chain: string; key: Secret; authority: string }): Promise<KeptCertificate>
  diary(): Promise<Diary>
  saveDiary(diary: Diary): Promise<void>
  locked<T>(work: () => Promise<T>, ctx: Context): Promise<T>
}
