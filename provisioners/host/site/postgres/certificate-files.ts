import { join } from 'node:path'
import type { CertificateFiles } from '../../../certificates/store.ts'
import type { Host } from '../../host.ts'
import { machine } from '../../layout.ts'

/** What PostgreSQL shows to those that come over the network; its key belongs to the user postgres. */
export const serverFiles: CertificateFiles = {
  certificate: join(machine.databaseCertificate, 'server.pem'),
  key: join(machine.databaseCertificate, 'server.key'),
}

/** Name of the certificate of the authority that signs it, among the secrets; its key lies beside it. */
export const databaseAuthoritySecret = 'database-authority'

/** The authority that signs it, among the secrets: the other machines are given its certificate with theirs. */
export const authorityOf = ({ secrets }: Pick<Host, 'secrets'>): CertificateFiles => ({
  certificate: join(secrets, databaseAuthoritySecret),
  key: join(secrets, `${databaseAuthoritySecret}-key`),
})
