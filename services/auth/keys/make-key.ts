import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import { tokenAlgorithm } from '../../kit/guard.ts'
import type { StoredKey } from './entity.ts'
import type { Seal } from './seal.ts'

/** A new signing key, named by its thumbprint (RFC 7638), its private half sealed. */
export async function makeKey(seal: Seal): Promise<Pick<StoredKey, 'kid' | 'publicJwk' | 'sealed' | 'sealedWith'>> {
  const { publicKey, privateKey } = await generateKeyPair(tokenAlgorithm, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return {
    kid,
    publicJwk: { ...jwk, kid, alg: tokenAlgorithm, use: 'sig' },
    sealed: seal.seal(Buffer.from(await exportPKCS8(privateKey)), kid),
    sealedWith: seal.name,
  }
}
