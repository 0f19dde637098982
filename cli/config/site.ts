import type { Shop, Site } from '../../provisioners/site.ts'
import { defaultShop } from './defaults.ts'
import { asciiDomain, localName } from './domain.ts'
import type { Settings } from './schema.ts'

/** @param home Absolute folder of all local state. */
export function toSite(settings: Settings, home: string): Site {
  const domain = localName(asciiDomain(settings.domain) ?? settings.domain)
  const aliases = settings.aliases.map((alias) => localName(asciiDomain(alias) ?? alias))
  return {
    name: settings.name,
    domain,
    aliases: [...new Set(aliases)].filter((alias) => alias !== domain),
    target: settings.target,
    shop: toShop(settings.shop),
    currency: settings.currency,
    payments: settings.payments,
    local: { ...settings.local, instances: settings.local.instances },
    vm: undefined,
    home,
  }
}

function toShop(shop: Settings['shop']): Shop {
  return {
    name: shop.name,
    tagline: translated(shop.tagline, defaultShop.tagline),
    accent: shop.accent.toLowerCase(),
    languages: shop.languages,
    contact: shop.contact,
    legal: translated(shop.legal, defaultShop.legal),
    catalogue: shop.catalogue,
  }
}

interface Translated {
  es?: string | undefined
  en?: string | undefined
}

function translated(given: Translated | undefined, otherwise: Shop['tagline']): Shop['tagline'] {
  const es = given?.es ?? given?.en
  const en = given?.en ?? given?.es
  return es === undefined || en === undefined ? otherwise : { es, en }
}
