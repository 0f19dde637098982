import type { StoredCertificate } from './store.ts'

/** When a certificate is due: at two thirds of its life, however long that is. */
export function renewalTime({ notBefore, notAfter }: Pick<StoredCertificate, 'notBefore' | 'notAfter'>): Date {
  const life = notAfter.getTime() - notBefore.getTime()
  return new Date(notBefore.getTime() + (life * 2) / 3)
}

/** Why a certificate has to be made anew, or `undefined` when it is good. */
export function reasonToRenew(
  found: StoredCertificate,
  wanted: { names: readonly string[]; authority: StoredCertificate },
  now: Date,
): string | undefined {
  const missing = wanted.names.filter((name) => !found.names.includes(name))
  if (missing.length > 0) return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on it`
  if (!found.x509.verify(wanted.authority.x509.publicKey)) return 'another authority signed it'
  if (now >= found.notAfter) return 'it has expired'
  if (now < found.notBefore) return 'it is not valid yet'
  if (now >= renewalTime(found)) return 'two thirds of its life are over'
  return undefined
}
