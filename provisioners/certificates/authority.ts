/** An order for one certificate. Its key was made, and stored, before the order is placed. */
export interface CertificateOrder {
  /** DNS names and IP addresses, the first of which is the main one. */
  names: readonly string[]
  /** PKCS #8, PEM. */
  key: string
  signal: AbortSignal
}

/** Whoever signs certificates for the site: the local authority, or one that speaks ACME. */
export interface CertificateAuthority {
  readonly name: string
  /**
   * Returns the certificate and its intermediates, PEM, leaf first. May be called again with the same order after
   * a crash. Rejects with the signal's reason when aborted.
   */
  issue(order: CertificateOrder): Promise<string>
}
