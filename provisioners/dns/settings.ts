import { BookstoreError, exit } from '../engine/errors.ts'
import { Secret } from '../engine/secret.ts'

/** Which provider, and what is no secret about it. `endpoint` replaces the provider's public address. */
export type DnsSettings = Rfc2136Settings | Route53Settings | CloudflareSettings | GodaddySettings | ManualSettings

export interface Rfc2136Settings {
  provider: 'rfc2136'
  /** The primary server: a name or an address. */
  server: string
  /** 53 by default. */
  port?: number
  /** Name of the TSIG key; its algorithm is HMAC-SHA256. */
  key: string
  /** 'tcp' by default: an update that arrives twice or not at all is then found out at once. */
  transport?: 'tcp' | 'udp'
}

export interface Route53Settings {
  provider: 'route53'
  /** Found by name when left out. */
  hostedZone?: string
  endpoint?: string
}

export interface CloudflareSettings {
  provider: 'cloudflare'
  endpoint?: string
}

export interface GodaddySettings {
  provider: 'godaddy'
  endpoint?: string
}

export interface ManualSettings {
  provider: 'manual'
}

/** Names of environment variables, and of credential files on a machine. */
export type DnsSecretName =
  | 'BOOKSTORE_DNS_TSIG_SECRET'
  | 'CLOUDFLARE_API_TOKEN'
  | 'GODADDY_API_KEY'
  | 'GODADDY_API_SECRET'
  | 'AWS_ACCESS_KEY_ID'
  | 'AWS_SECRET_ACCESS_KEY'
  | 'AWS_SESSION_TOKEN'

export type DnsSecrets = Partial<Record<DnsSecretName, Secret>>

/** What must be there for a provider, and what may be: without any of it, route53 asks the AWS default chain. */
export const secretNames: Record<
  DnsSettings['provider'],
  { required: readonly DnsSecretName[]; optional: readonly DnsSecretName[] }
> = {
  rfc2136: { required: ['BOOKSTORE_DNS_TSIG_SECRET'], optional: [] },
  route53: { required: [], optional: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] },
  cloudflare: { required: ['CLOUDFLARE_API_TOKEN'], optional: [] },
  godaddy: { required: ['GODADDY_API_KEY', 'GODADDY_API_SECRET'], optional: [] },
  manual: { required: [], optional: [] },
}

/**
 * Takes a provider's secrets out of an environment. The caller hands the environment in, since only entry points look
 * at the process.
 *
 * @throws BookstoreError 'dns-secret-missing' with status 78 that names the variables.
 */
export function dnsSecretsFrom(
  provider: DnsSettings['provider'],
  environment: Readonly<Record<string, string | undefined>>,
): DnsSecrets {
  const { required, optional } = secretNames[provider]
  const found = [...required, ...optional].flatMap((name) => {
    const value = environment[name]?.trim()
    return value ? [[name, new Secret(value)] as const] : []
  })
  const secrets: DnsSecrets = Object.fromEntries(found)
  const missing = required.filter((name) => !secrets[name])
  if (missing.length > 0) throw secretMissing(provider, missing)
  return secrets
}

/** The secret, or the error that says where it is to come from. */
export function requiredSecret(provider: DnsSettings['provider'], secrets: DnsSecrets, name: DnsSecretName): Secret {
  const secret = secrets[name]
  if (!secret) throw secretMissing(provider, [name])
  return secret
}

function secretMissing(provider: string, missing: readonly DnsSecretName[]): BookstoreError {
  const names = missing.join(' and ')
  return new BookstoreError(`The DNS provider ${provider} needs ${names}, which is not set.`, {
    code: 'dns-secret-missing',
    fault: 'user',
    status: exit.configuration,
    hint: `Set ${names} in the environment; docs/guide/certificates.md says which permissions suffice.`,
    details: { missing },
  })
}
