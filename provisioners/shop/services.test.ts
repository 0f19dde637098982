import { describe, expect, it } from 'vitest'
import type { Site } from '../site.ts'
import { databaseUrl, environmentOf, instanceNames, type Places, serviceOf, services, siteUrl } from './services.ts'

const site = {
  domain: 'shop.localhost',
  target: 'local',
  currency: 'EUR',
  local: { httpsPort: 8443 },
  shop: { name: 'Shop' },
} as Site
const places: Places = {
  covers: '/srv/shop/covers',
  upstream: (name) => `/srv/shop/run/${name}.sock`,
  instance: (name) => `/srv/shop/run/blue/${name}.sock`,
  databaseUrl: (service) => databaseUrl(service, '/srv/shop/run/pg'),
}
const environment = (name: Parameters<typeof serviceOf>[0]) =>
  environmentOf(serviceOf(name), `${name}-2`, { ...site, url: siteUrl(site) }, places)

describe('the table of processes', () => {
  it('gives each process its own sockets and the upstream of the others', () => {
    expect(environment('sales')).toEqual({
      BOOKSTORE_PROCESS: 'sales-2',
      BOOKSTORE_LISTEN: 'unix:/srv/shop/run/blue/sales-2.sock',
      BOOKSTORE_LISTEN_INTERNAL: 'unix:/srv/shop/run/blue/sales-2-internal.sock',
      BOOKSTORE_SITE_URL: 'https://shop.localhost:8443',
      BOOKSTORE_LOG_LEVEL: 'info',
      BOOKSTORE_DATABASE_URL: 'postgres://sales@localhost/sales?host=%2Fsrv%2Fshop%2Frun%2Fpg&port=5432',
      BOOKSTORE_AUTH_INTERNAL_URL: 'unix:/srv/shop/run/auth-internal.sock',
      BOOKSTORE_CATALOG_INTERNAL_URL: 'unix:/srv/shop/run/catalog-internal.sock',
      BOOKSTORE_PAYMENTS_URL: 'unix:/srv/shop/run/payments.sock',
      BOOKSTORE_CURRENCY: 'EUR',
    })
  })

  it('lets web call nothing but the gateway, and know no database', () => {
    const web = environment('web')
    expect(Object.keys(web).filter((name) => name.endsWith('_URL'))).toEqual([
      'BOOKSTORE_SITE_URL',
      'BOOKSTORE_GATEWAY_URL',
    ])
    expect(JSON.parse(web.BOOKSTORE_SHOP ?? '')).toEqual(site.shop)
  })

  it('gives no service the password of another', () => {
    for (const { name, credentials } of services) {
      const passwords = Object.values(credentials).filter((secret) => secret.startsWith('database-'))
      expect(passwords.filter((secret) => secret !== `database-${name}`)).toEqual([])
    }
  })
})

it('leaves the usual port out of the address', () => {
  expect(siteUrl({ ...site, target: 'vm' })).toBe('https://shop.localhost')
  expect(siteUrl({ ...site, local: { ...site.local, httpsPort: 443 } })).toBe('https://shop.localhost')
})

it('numbers instances from one', () => {
  expect(instanceNames('auth', 3)).toEqual(['auth-1', 'auth-2', 'auth-3'])
})
