import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { keyPairOf } from './key-pair.ts'
import type { Validity } from './x509.ts'

/** A server certificate that its own key has signed: something to show before anybody has issued one. PEM. */
export async function makeSelfSigned(
  organization: string,
  names: readonly string[],
  key: string,
  validity: Validity,
): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `O=${organization}, CN=${names[0]}`,
    ...validity,
    keys: await keyPairOf(key),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
    ],
  })
  return certificate.toString('pem')
}
