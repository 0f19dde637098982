import type { DnsProvider } from '../../dns/provider.ts'
import type { DnsView } from '../../dns/query/view.ts'
import type { Address } from '../../engine/resource.ts'
import type { Secret } from '../../engine/secret.ts'
import type { CertificateStore, KeptCertificate } from '../kept/store.ts'

/** An authority that speaks ACME (RFC 8555). */
export interface AcmeAuthority {
  /** URL of its directory. Accounts, orders and certificates of two directories are kept apart by it. */
  directory: string
  /** PEM of the authority of its own HTTPS certificate, where it is not one that Node knows. */
  ca?: string
  /** External account binding, for authorities that know their customers. */
  eab?: { kid: string; hmacKey: Secret }
}

/** Let's Encrypt (https://letsencrypt.org/docs/acme-protocol-updates/). */
export const letsEncrypt = {
  production: { directory: 'https://acme-v02.api.letsencrypt.org/directory' },
  staging: { directory: 'https://acme-staging-v02.api.letsencrypt.org/directory' },
} as const satisfies Record<string, AcmeAuthority>

export interface CertificateRequest {
  /** The main name first, then aliases; `*.example.com` is welcome. All of them in one certificate. */
  names: readonly string[]
  authority: AcmeAuthority
  /** Order there first, and throw the result away: whatever is wrong then costs nothing at the real one. */
  staging?: AcmeAuthority
  /** E-mail address for the account; nobody has to give one. */
  contact?: string
  /** Profile of the certificate, where the authority has several: 'tlsserver', 'shortlived'. */
  profile?: string
  /** The operator has agreed to the authority's terms of service. Nothing is asked of it before. */
  termsAgreed: boolean
  /** Renew in any case. */
  force?: boolean
  /** Nobody watches: failures are tried again after 1, 10 and 100 minutes, then daily, and not earlier. */
  unattended?: boolean
}

export interface CertificateDeps {
  store: CertificateStore
  provider: DnsProvider
  /** How the authoritative servers are found; the world's own way by default. */
  view?: DnsView
  /** Whose progress the steps are told as. */
  address?: Address
  /** How long values are still removed when the run was told to stop, in milliseconds: 20,000 unless told. The next run removes the others. */
  tidyingMs?: number
}

export interface Ensured {
  /** That another certificate stands than before; whoever serves it has to load it. */
  changed: boolean
  /** `undefined` only when an unattended first try waits for its time. */
  certificate: KeptCertificate | undefined
  /** Why it was renewed, or why not, as the end of a sentence. */
  because: string
  /** When it is worth asking again. */
  nextCheck: Date
}
