import { isIP } from 'node:net'
import { addressRecord } from '../dns/address-record.ts'
import { createProvider } from '../dns/create-provider.ts'
import { dnsSecretsFrom } from '../dns/settings.ts'
import type { Resource } from '../engine/resource.ts'
import { dnsSecretFile } from '../host/site/certificate/secret-file.ts'
import type { Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import { addressesOf, machinesFor } from './addresses.ts'

/**
 * The records that lead the site's names to its web machines. None where people keep the zone by hand: `status` and
 * `doctor` say what is missing there.
 */
export async function nameRecords(site: Site, operator: Operator): Promise<readonly Resource[]> {
  // On aws they are in the graph of the machine that is made.
  if (site.dns.provider === 'manual' || site.target === 'aws') return []
  const provider = await createProvider(site.dns, dnsSecretsFrom(site.dns.provider, operator.environment))
  const addresses = await addressesOf(machinesFor(site, 'web'))
  return [site.domain, ...site.aliases].flatMap((name) =>
    (['A', 'AAAA'] as const).flatMap((type) => {
      const wanted = addresses.filter((address) => isIP(address) === (type === 'A' ? 4 : 6))
      return wanted.length === 0 ? [] : [addressRecord(provider, name, type, wanted)]
    }),
  )
}

/** What the machine needs to renew its certificate by itself. */
export function dnsSecrets({ dns, target }: Site, operator: Operator): Record<string, string> {
  // A machine at AWS has a role, which may write its own challenges and nothing else.
  if (target === 'aws' && dns.provider === 'route53') return {}
  const secrets = dnsSecretsFrom(dns.provider, operator.environment)
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [dnsSecretFile(name), secret.reveal()]))
}
