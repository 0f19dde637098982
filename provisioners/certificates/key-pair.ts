import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** A new ECDSA P-256 key, PKCS #8, PEM. */
export function newKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

/** The key as WebCrypto has it. Throws when it is no P-256 key. */
export async function keyPairOf(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem)
  const secret = key.export({ format: 'der', type: 'pkcs8' })
  const open = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('pkcs8', secret, algorithm, true, ['sign']),
    webcrypto.subtle.importKey('spki', open, algorithm, true, ['verify']),
  ])
  return { privateKey, publicKey }
}
