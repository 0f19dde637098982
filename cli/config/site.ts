import { resolve } from 'node:path'
import type { DnsSettings } from '../../provisioners/dns/settings.ts'
import type {
  AwsSettings,
  CertificateSettings,
  ContainerBase,
  Shop,
  Site,
  VmSettings,
} from '../../provisioners/site.ts'
import { smallestTypes } from './aws.ts'
import { defaultShop } from './defaults.ts'
import { asciiDomain, localName } from './domain.ts'
import { directoriesOf, isArchive } from './machines.ts'
import type { Settings } from './schema.ts'

/**
 * @param home Absolute folder of all local state.
 * @param folder Absolute; paths in the configuration are relative to it.
 */
export function toSite(settings: Settings, home: string, folder: string): Site {
  const name = (text: string) => {
    const ascii = asciiDomain(text) ?? text
    return settings.target === 'local' ? localName(ascii) : ascii
  }
  const domain = name(settings.domain)
  const aliases = settings.aliases.map(name)
  return {
    name: settings.name,
    domain,
    aliases: [...new Set(aliases)].filter((alias) => alias !== domain),
    target: settings.target,
    shop: toShop(settings.shop),
    currency: settings.currency,
    payments: settings.payments,
    local: { ...settings.local, instances: settings.local.instances },
    vm: settings.target === 'vm' ? toMachines(settings, folder) : undefined,
    aws: settings.target === 'aws' ? toAws(settings) : undefined,
    alerts: settings.alerts,
    certificates: toCertificates(settings.certificates, folder),
    dns: toDns(settings.dns),
    home,
  }
}

function toMachines({ vm }: Settings, folder: string): VmSettings | undefined {
  if (!vm) return undefined
  return {
    instances: vm.instances,
    containers: vm.runtime === 'docker' ? toBase(vm.docker.base, folder) : undefined,
    machines: vm.machines.map((each) => ({
      ...each,
      privateAddress: each.privateAddress,
      key: each.key,
      hostKey: each.hostKey,
    })),
  }
}

function toAws({ aws }: Settings): AwsSettings | undefined {
  if (!aws) return undefined
  return { ...aws, instanceType: aws.instanceType ?? smallestTypes[aws.architecture], instances: aws.instances }
}

function toBase(base: string, folder: string): ContainerBase {
  return isArchive(base) ? { archive: resolve(folder, base) } : { reference: base }
}

function toCertificates(fields: Settings['certificates'], folder: string): CertificateSettings {
  const { email, profile, ca, hstsPreload } = fields
  return {
    ...directoriesOf(fields),
    email,
    profile,
    ca: ca === undefined ? undefined : resolve(folder, ca),
    hstsPreload,
  }
}

function toDns(dns: Settings['dns']): DnsSettings {
  if (dns.provider !== 'route53') return dns
  return { provider: dns.provider, ...(dns.hostedZone === undefined ? {} : { hostedZone: dns.hostedZone }) }
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
