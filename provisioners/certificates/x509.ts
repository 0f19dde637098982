import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import { keyPairOf } from './key-pair.ts'
import { encodeNameConstraints, nameConstraintsOid, type PermittedNames } from './name-constraints.ts'

// Node's WebCrypto is the browser's under another type.
type LibraryCrypto = Parameters<typeof x509.cryptoProvider.set>[1]
x509.cryptoProvider.set(x509.CryptoProvider.DEFAULT, webcrypto as unknown as LibraryCrypto)

const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

export interface Validity {
  notBefore: Date
  notAfter: Date
}

/** A root that may sign leaves, and only for the permitted names. PEM. */
export async function makeRoot(
  name: string,
  key: string,
  validity: Validity,
  permitted: PermittedNames,
): Promise<string> {
  const keys = await keyPairOf(key)
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    serialNumber: serialNumber(),
    ...validity,
    keys,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.Extension(nameConstraintsOid, true, encodeNameConstraints(permitted)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return root.toString('pem')
}

/** A server certificate signed by `root`. PEM. */
export async function makeLeaf(
  names: readonly string[],
  key: string,
  validity: Validity,
  root: { certificate: string; key: string },
): Promise<string> {
  const issuer = new x509.X509Certificate(root.certificate)
  const [keys, signer] = await Promise.all([keyPairOf(key), keyPairOf(root.key)])
  const leaf = await x509.X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: issuer.subject,
    serialNumber: serialNumber(),
    ...validity,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return leaf.toString('pem')
}

/** 127 random bits: positive, as RFC 5280 wants it, and unlike any other. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

/** Identifier of the key that signed a certificate (RFC 5280, section 4.2.1.1); `undefined` when it does not say. */
export function authorityKeyId(pem: string): Buffer | undefined {
  const { keyId } = new x509.X509Certificate(pem).getExtension(x509.AuthorityKeyIdentifierExtension) ?? {}
  return keyId === undefined ? undefined : Buffer.from(keyId, 'hex')
}
