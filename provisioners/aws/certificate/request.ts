import type { CertificateRequest } from '../../certificates/acme/types.ts'
import type { Site } from '../../site.ts'
import { certificateSpec } from '../../vm/certificates.ts'

/** What the machine would ask for, asked for by us. Whoever opens a site with an authority agrees to its terms. */
export async function certificateRequest(site: Site): Promise<CertificateRequest> {
  const { dns: _, ...rest } = await certificateSpec(site)
  return { ...rest, termsAgreed: true } as CertificateRequest
}
