import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { addressRecord } from '../dns/address-record.ts'
import { createProvider } from '../dns/create-provider.ts'
import { dnsSecretsFrom } from '../dns/settings.ts'
import { BookstoreError } from '../engine/errors.ts'
import type { Resource } from '../engine/resource.ts'
import { dnsSecretFile } from '../host/site/certificate/secret-file.ts'
import type { MachineSettings, Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'

/**
 * The records that lead the site's names to its machines. None where people keep the zone by hand: `status` and
 * `doctor` say what is missing there.
 */
export async function nameRecords(site: Site, operator: Operator): Promise<readonly Resource[]> {
  if (site.dns.provider === 'manual') return []
  const provider = await createProvider(site.dns, dnsSecretsFrom(site.dns.provider, operator.environment))
  const addresses = await addressesOf(site.vm?.machines ?? [])
  return [site.domain, ...site.aliases].flatMap((name) =>
    (['A', 'AAAA'] as const).flatMap((type) => {
      const wanted = addresses.filter((address) => isIP(address) === (type === 'A' ? 4 : 6))
      return wanted.length === 0 ? [] : [addressRecord(provider, name, type, wanted)]
    }),
  )
}

/** What the machine needs to renew its certificate by itself. */
export function dnsSecrets({ dns }: Site, operator: Operator): Record<string, string> {
  const secrets = dnsSecretsFrom(dns.provider, operator.environment)
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [dnsSecretFile(name), secret.reveal()]))
}

/** Where the machines are: as the configuration says, or as their names resolve for us. */
async function addressesOf(machines: readonly MachineSettings[]): Promise<readonly string[]> {
  const found = await Promise.all(
    machines.map(async ({ host }) => {
      if (isIP(host) !== 0) return [host]
      const all = await lookup(host, { all: true }).catch((cause: unknown) => {
        throw new BookstoreError(`The name ${host} of a machine is not known.`, {
          code: 'machine-unknown',
          fault: 'user',
          hint: 'Give the address of the machine instead: vm.machines[].host',
          cause,
        })
      })
      return all.map(({ address }) => address)
    }),
  )
  return found.flat()
}
