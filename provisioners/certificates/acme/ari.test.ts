import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { expect, it } from 'vitest'
import type { KeptCertificate } from '../kept/store.ts'
import { keyPairOf, newKey } from '../key-pair.ts'
import { ariIdentifier } from './ari.ts'

/** A certificate with the key identifier and serial number of the example in RFC 9773, section 4.1. */
async function example(serialNumber: string, keyId?: string): Promise<KeptCertificate> {
  const keys = await keyPairOf(newKey())
  const validity = { notBefore: new Date(0), notAfter: new Date(1000) }
  const extensions = keyId === undefined ? [] : [new x509.AuthorityKeyIdentifierExtension(keyId)]
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=example', serialNumber, keys, extensions, signingAlgorithm },
    ...validity,
  })
  const chain = made.toString('pem')
  return { chain, x509: new X509Certificate(chain) } as unknown as KeptCertificate
}

const keyId = '69885b6b87464041e1b37b847ba0ae2cde01c8d4'

it('names a certificate as RFC 9773 does, with the zero before a serial number whose first bit is set', async () => {
  expect(await ariIdentifier(await example('0087654321', keyId))).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE')
  expect(await ariIdentifier(await example('7654321f', keyId))).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.dlQyHw')
})

it('has no name for a certificate that does not say who signed it', async () => {
  expect(await ariIdentifier(await example('01'))).toBeUndefined()
})
