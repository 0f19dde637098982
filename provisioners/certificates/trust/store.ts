/** The certificate of an authority, as trust stores need it. */
export interface Root {
  /** Absolute path, PEM. */
  file: string
  pem: string
  /** Unique among the authorities of this computer; the name in stores that have names. */
  name: string
  /** Of its subject. */
  commonName: string
}

/** What came of one store. `remedy` is the exact command to type where we could not. */
export interface TrustOutcome {
  store: string
  did: 'added' | 'was there' | 'removed' | 'was not there' | 'could not'
  because?: string
  remedy?: string
}

/** A place where programs look up whom they trust. Both acts may be done again. */
export interface TrustStore {
  readonly name: string
  add(root: Root, signal: AbortSignal): Promise<TrustOutcome>
  remove(root: Root, signal: AbortSignal): Promise<TrustOutcome>
}
