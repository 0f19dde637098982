import type { CertificateSpec } from '../host/site/certificate/schema.ts'
import type { Role } from '../site.ts'

/** Where the machines of a site find each other. */
export interface SiteNetwork {
  /** Address of the machine with the databases. */
  database: string
  /** Addresses of the web machines that have no databases of their own. */
  web: readonly string[]
  /** Address of the machine that keeps the covers; empty where the only web machine does. */
  files: string
  /** Addresses of the web machines that have the covers from there. */
  mounting: readonly string[]
  /** How many web machines there are. */
  webs: number
}

/** A machine that is the whole site. */
export const oneMachine: SiteNetwork = { database: '', web: [], files: '', mounting: [], webs: 1 }

/** Where the databases are when they are not on a machine with these roles. */
export function elsewhere(roles: readonly Role[], { database }: SiteNetwork): { address: string } | undefined {
  return roles.includes('database') ? undefined : { address: database }
}

/** Several web machines share their certificate through the databases. */
export function sharedCertificate(
  spec: CertificateSpec,
  roles: readonly Role[],
  network: SiteNetwork,
): CertificateSpec {
  return network.webs > 1 ? { ...spec, shared: elsewhere(roles, network) ?? {} } : spec
}
