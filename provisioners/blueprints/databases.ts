import type { Address } from '../engine/resource.ts'
import { itemAddress } from '../host/address.ts'
import { packagesAddress } from '../host/base.ts'
import { machine, shopUser } from '../host/layout.ts'
import type { Item } from '../host/manifest.ts'
import { connectionsOf } from '../host/site/pools.ts'
import { databaseAuthoritySecret } from '../host/site/postgres/certificate-files.ts'
import { type DatabaseNetwork, databasePort } from '../host/site/postgres/network.ts'
import { operations, operationsSecret } from '../host/site/postgres/operations.ts'
import { restorerSecret } from '../host/site/postgres/restorer.ts'
import { databases, secretNames } from '../shop/secrets.ts'
import type { Role } from '../site.ts'
import { elsewhere, type SiteNetwork } from './network.ts'

/** The cluster of a machine knows its superuser by the system's user. */
const own = secretNames.filter((name) => name !== 'postgres-admin')

/** What a web machine is told by the machine with the databases; of several, that too by which they share a certificate. */
export const sharedSecrets: readonly string[] = [...own, restorerSecret, databaseAuthoritySecret, operationsSecret]

/** Ports that PostgreSQL needs open, and for whom. */
export function databasePorts(roles: readonly Role[], { web }: SiteNetwork) {
  return roles.includes('database') && web.length > 0 ? [{ port: databasePort, from: web }] : []
}

/** The databases of a machine, or what it must know of those of another one: secrets and an authority. */
export function databasesOn(
  roles: readonly Role[],
  folders: Address,
  { instances, network }: { instances: number; network: SiteNetwork },
): readonly Item[] {
  if (elsewhere(roles, network)) return roles.includes('web') ? knowledge(network.webs > 1) : []
  const secrets = own.map((name) => item('secret', name, `secret ${name}`, [], { name }))
  if (network.web.length === 0) return [...secrets, ...cluster([folders], { connections: connectionsOf(instances) })]
  const several = network.webs > 1
  const reached: DatabaseNetwork = {
    address: network.database,
    from: [...network.web],
    ...(several ? { operations: true } : {}),
  }
  return [
    ...secrets,
    ...[restorerSecret, ...(several ? [operationsSecret] : [])].map((name) =>
      item('secret', name, `secret ${name}`, [], { name }),
    ),
    item('postgres-certificate', 'postgres', 'certificate of PostgreSQL', [packagesAddress, stateFolder], {
      address: reached.address,
    }),
    ...cluster([folders, itemAddress('postgres-certificate', 'postgres')], {
      connections: network.webs * connectionsOf(instances),
      network: reached,
    }),
    ...(several ? [database(operations)] : []),
    item(
      'postgres-restorer',
      'postgres',
      'role that restores',
      [itemAddress('secret', restorerSecret), ...databases.map((name) => itemAddress('postgres-database', name))],
      {},
    ),
  ]
}

const stateFolder = itemAddress('directory', 'state')

function cluster(dependsOn: readonly Address[], spec: object): readonly Item[] {
  return [item('postgres-cluster', 'postgres', 'PostgreSQL', dependsOn, spec), ...databases.map(database)]
}

const database = (name: string) =>
  item(
    'postgres-database',
    name,
    `database ${name}`,
    [itemAddress('postgres-cluster', 'postgres'), itemAddress('secret', `database-${name}`)],
    { name },
  )

function knowledge(several: boolean): readonly Item[] {
  const names = sharedSecrets.filter((name) => several || name !== operationsSecret)
  const secrets = names.map((name) => item('secret', name, `secret ${name}`, [], { name, brought: true }))
  return [
    ...secrets,
    item(
      'credential',
      databaseAuthoritySecret,
      'authority of the databases',
      [itemAddress('secret', databaseAuthoritySecret), itemAddress('directory', 'etc'), itemAddress('user', shopUser)],
      { path: machine.databaseAuthority, secret: databaseAuthoritySecret, owner: shopUser, group: shopUser },
    ),
  ]
}

function item(kind: string, name: string, label: string, dependsOn: readonly Address[], spec: unknown): Item {
  return { kind, name, label, dependsOn, spec }
}
