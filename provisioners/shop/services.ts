import type { Site } from '../site.ts'
import type { DatabaseName, SecretName } from './secrets.ts'

/** A kind of process of the shop, as docs/decisions/0002-process-contract.md describes it. */
export interface ServiceKind {
  name: ServiceName
  database: boolean
  /** Address variables: whose public or internal upstream each one names. */
  calls: Readonly<Record<string, Upstream>>
  /** Credential file -> our secret. */
  credentials: Readonly<Record<string, SecretName>>
  env(site: ShopSite, places: Places): Record<string, string>
}

export type ServiceName = DatabaseName | 'gateway' | 'web'

/** A socket that NGINX listens on and balances over the instances. */
export type Upstream = ServiceName | `${ServiceName}-internal`

/** The part of a site that its processes are told about. */
export type ShopSite = Pick<Site, 'currency' | 'shop'>

/** Where the things of a process are, on this computer or on a machine. */
export interface Places {
  /** Folder of uploaded covers. */
  covers: string
  /** Socket of an upstream. */
  upstream(name: Upstream): string
  /** Socket of one instance, public or internal. */
  instance(name: string): string
  databaseUrl(service: ServiceName): string
}

const currency = (site: ShopSite) => ({ BOOKSTORE_CURRENCY: site.currency })
const shop = (site: ShopSite) => ({ BOOKSTORE_SHOP: JSON.stringify(site.shop) })

/** The one table of who gets what, on every target. */
export const services: readonly ServiceKind[] = [
  {
    name: 'auth',
    database: true,
    calls: { BOOKSTORE_CATALOG_INTERNAL_URL: 'catalog-internal', BOOKSTORE_SALES_INTERNAL_URL: 'sales-internal' },
    credentials: { 'database-password': 'database-auth', 'signing-key-key': 'signing-key-key' },
    env: () => ({}),
  },
  {
    name: 'catalog',
    database: true,
    calls: { BOOKSTORE_AUTH_INTERNAL_URL: 'auth-internal' },
    credentials: { 'database-password': 'database-catalog' },
    env: (site, { covers }) => ({ ...currency(site), ...shop(site), BOOKSTORE_COVERS: covers }),
  },
  {
    name: 'sales',
    database: true,
    calls: {
      BOOKSTORE_AUTH_INTERNAL_URL: 'auth-internal',
      BOOKSTORE_CATALOG_INTERNAL_URL: 'catalog-internal',
      BOOKSTORE_PAYMENTS_URL: 'payments',
    },
    credentials: { 'database-password': 'database-sales', 'webhook-secret': 'webhook-secret' },
    env: currency,
  },
  {
    name: 'payments',
    database: true,
    calls: { BOOKSTORE_SALES_INTERNAL_URL: 'sales-internal' },
    credentials: { 'database-password': 'database-payments', 'webhook-secret': 'webhook-secret' },
    env: currency,
  },
  {
    name: 'gateway',
    database: false,
    calls: { BOOKSTORE_AUTH_URL: 'auth', BOOKSTORE_CATALOG_URL: 'catalog', BOOKSTORE_SALES_URL: 'sales' },
    credentials: {},
    env: () => ({}),
  },
  {
    name: 'web',
    database: false,
    calls: { BOOKSTORE_GATEWAY_URL: 'gateway' },
    credentials: { 'cart-key': 'cart-key' },
    env: (site) => ({ ...currency(site), ...shop(site) }),
  },
]

export function serviceOf(name: ServiceName): ServiceKind {
  const found = services.find((service) => service.name === name)
  if (!found) throw new Error(`no service ${name}`)
  return found
}

/** Pools that other processes of the shop reach through a socket of NGINX. */
export const upstreams: readonly Upstream[] = [
  ...services.filter((service) => service.name !== 'web').map((service) => service.name),
  ...services.filter((service) => service.database).map((service): Upstream => `${service.name}-internal`),
]

/** The gateway and the pages are not what `scale` is for, but they scale just the same. */
export function instanceNames(service: ServiceName, instances: number): string[] {
  return Array.from({ length: instances }, (_, index) => `${service}-${index + 1}`)
}

/** The public origin, without a slash at its end. */
export function siteUrl({ domain, target, local }: Pick<Site, 'domain' | 'target' | 'local'>): string {
  const port = target !== 'local' || local.httpsPort === 443 ? '' : `:${local.httpsPort}`
  return `https://${domain}${port}`
}

/**
 * Environment of one process but for its credentials' folder, which systemd or the supervisor decides. No secret is
 * in it.
 */
export function environmentOf(
  kind: ServiceKind,
  instance: string,
  site: ShopSite & { url: string },
  places: Places,
): Record<string, string> {
  const calls = Object.entries(kind.calls).map(([variable, upstream]) => [
    variable,
    `unix:${places.upstream(upstream)}`,
  ])
  return {
    BOOKSTORE_PROCESS: instance,
    BOOKSTORE_LISTEN: `unix:${places.instance(instance)}`,
    BOOKSTORE_LISTEN_INTERNAL: `unix:${places.instance(`${instance}-internal`)}`,
    BOOKSTORE_SITE_URL: site.url,
    BOOKSTORE_LOG_LEVEL: 'info',
    ...(kind.database ? { BOOKSTORE_DATABASE_URL: places.databaseUrl(kind.name) } : {}),
    ...Object.fromEntries(calls),
    ...kind.env(site, places),
  }
}

/** A database of that service's own role, over the Unix socket in `folder`. */
export function databaseUrl(service: ServiceName, folder: string): string {
  return `postgres://${service}@localhost/${service}?host=${encodeURIComponent(folder)}&port=5432`
}

/** The same on another machine, which must show a certificate of that authority (a PEM file) for this very address. */
export function remoteDatabaseUrl(service: ServiceName, address: string, authority: string): string {
  const host = address.includes(':') ? `[${address}]` : address
  return `postgres://${service}@${host}:5432/${service}?sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`
}
