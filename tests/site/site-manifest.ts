import { itemAddress } from '../../provisioners/host/address.ts'
import { machine, nginxUser, shopUser } from '../../provisioners/host/layout.ts'
import type { Item, Manifest } from '../../provisioners/host/manifest.ts'
import { connectionsOf } from '../../provisioners/host/site/pools.ts'
import { shopUnits } from '../../provisioners/host/site/units.ts'
import { databases, secretNames } from '../../provisioners/shop/secrets.ts'

export interface SiteSettings {
  release: string
  instances: number
  heapMb: number
  currency: string
  readySeconds: number
}

export const defaults: Omit<SiteSettings, 'release'> = { instances: 1, heapMb: 96, currency: 'EUR', readySeconds: 120 }

export const domain = 'shop.test'

/** A site on one machine that has the packages already. */
export function siteManifest(settings: SiteSettings): Manifest {
  const before: Item[] = []
  const item = (kind: string, name: string, spec: unknown): void => {
    const dependsOn = before.map((each) => itemAddress(each.kind, each.name))
    before.push({ kind, name, label: `${kind} ${name}`, dependsOn: dependsOn.slice(-1), spec })
  }
  item('user', shopUser, { name: shopUser, home: machine.state })
  item('user', nginxUser, { name: nginxUser, home: machine.nginxCache, groups: [shopUser] })
  item('directory', 'state', { path: machine.state, owner: 'root', group: 'root', mode: '0755' })
  item('directory', 'covers', { path: machine.covers, owner: shopUser, group: shopUser, mode: '0750' })
  item('run-folders', 'all', { roles: ['web', 'database'] })
  const secrets = secretNames.filter((name) => name !== 'postgres-admin')
  for (const name of secrets) item('secret', name, { name })
  item('postgres-cluster', 'bookstore', { connections: connectionsOf(settings.instances) })
  for (const name of databases) item('postgres-database', name, { name })
  for (const { name, text } of shopUnits(settings)) item('systemd-unit', name, { unit: name, content: text })
  const shop = { name: 'Librería de prueba', accent: '#7a1f2b' }
  item('nginx-site', 'site', { domain, aliases: [`www.${domain}`], languages: ['es', 'en'], shop })
  item('shop', 'active', {
    release: settings.release,
    url: `https://${domain}`,
    currency: settings.currency,
    shop: {
      ...shop,
      tagline: { es: 'Libros con historia', en: 'Books with a history' },
      languages: ['es', 'en'],
      legal: { es: '', en: '' },
      catalogue: 'classics',
    },
    instances: settings.instances,
    heapMb: settings.heapMb,
    readySeconds: settings.readySeconds,
  })
  return { format: 1, stack: 'test', items: before }
}
