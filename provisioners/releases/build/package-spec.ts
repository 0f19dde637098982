/** A package of exactly these bytes, and which of its files are wanted. */
export interface PackageSpec {
  name: string
  version: string
  /** Digest of the tarball as npm writes it: 'sha512-<base64>' (Subresource Integrity, W3C). */
  integrity: string
  /** Paths inside the package that are kept. */
  keep: RegExp
}
