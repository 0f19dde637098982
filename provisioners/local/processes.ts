import { join } from 'node:path'
import type { Site } from '../site.ts'
import type { Layout } from './layout.ts'
import type { DatabaseName, SecretName } from './secrets.ts'

/** A kind of process of the shop, as docs/decisions/0002-process-contract.md describes it. */
export interface ServiceKind {
  name: ServiceName
  database: boolean
  /** Address variables: whose public or internal upstream each one names. */
  calls: Readonly<Record<string, Upstream>>
  /** Credential file -> our secret. */
  credentials: Readonly<Record<string, SecretName>>
  env(site: Site, layout: Layout): Record<string, string>
}

export type ServiceName = DatabaseName | 'gateway' | 'web'

/** A socket that NGINX listens on and balances over the instances. */
export type Upstream = ServiceName | `${ServiceName}-internal`

const currency = (site: Site) => ({ BOOKSTORE_CURRENCY: site.currency })
const shop = (site: Site) => ({ BOOKSTORE_SHOP: JSON.stringify(site.shop) })

/** The one table of who gets what. */
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
    env: (site, layout) => ({ ...currency(site), ...shop(site), BOOKSTORE_COVERS: layout.covers }),
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
    env: (site) => currency(site),
  },
  {
    name: 'payments',
    database: true,
    calls: { BOOKSTORE_SALES_INTERNAL_URL: 'sales-internal' },
    credentials: { 'database-password': 'database-payments', 'webhook-secret': 'webhook-secret' },
    env: (site) => currency(site),
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

/** The gateway and the pages are not what `scale` is for, but they scale just the same. */
export function instanceNames(service: ServiceName, instances: number): string[] {
  return Array.from({ length: instances }, (_, index) => `${service}-${index + 1}`)
}

export function socketOf(layout: Layout, name: string): string {
  return join(layout.run, `${name}.sock`)
}

/** The public origin, without a slash at its end. */
export function siteUrl(site: Site): string {
  const port = site.local.httpsPort === 443 ? '' : `:${site.local.httpsPort}`
  return `https://${site.domain}${port}`
}

/** Environment of one process. No secret is in it. */
export function environmentOf(kind: ServiceKind, instance: string, site: Site, layout: Layout): Record<string, string> {
  const calls = Object.entries(kind.calls).map(([variable, upstream]) => [
    variable,
    `unix:${socketOf(layout, upstream)}`,
  ])
  return {
    BOOKSTORE_PROCESS: instance,
    BOOKSTORE_LISTEN: `unix:${socketOf(layout, instance)}`,
    BOOKSTORE_LISTEN_INTERNAL: `unix:${socketOf(layout, `${instance}-internal`)}`,
    BOOKSTORE_SITE_URL: siteUrl(site),
    BOOKSTORE_LOG_LEVEL: 'info',
    CREDENTIALS_DIRECTORY: join(layout.credentials, kind.name),
    ...(kind.database ? { BOOKSTORE_DATABASE_URL: databaseUrl(kind.name, layout) } : {}),
    ...Object.fromEntries(calls),
    ...kind.env(site, layout),
  }
}

function databaseUrl(name: string, layout: Layout): string {
  return `postgres://${name}@localhost/${name}?host=${encodeURIComponent(layout.databaseSocket)}&port=5432`
}
