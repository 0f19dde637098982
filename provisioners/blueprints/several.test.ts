import { expect, it } from 'vitest'
import { testSite } from '../../tests/local/harness.ts'
import { type Manifest, parseManifest } from '../host/manifest.ts'
import type { MachineSettings, Role } from '../site.ts'
import { networkOf } from '../vm/addresses.ts'
import { machineManifest } from './vm.ts'

const machine = (number: number, roles: readonly Role[]): MachineSettings => ({
  ...{ host: `192.0.2.${number}`, privateAddress: `10.0.0.${number}`, port: 22, user: 'admin' },
  ...{ key: undefined, hostKey: undefined, roles },
})

/** The manifest of each machine. */
async function manifests(...machines: readonly MachineSettings[]): Promise<readonly Manifest[]> {
  const site = { ...(await testSite({}, '/nowhere')), vm: { machines, instances: 1, containers: undefined } }
  const network = await networkOf(site)
  const authority = { directory: 'https://ca.test/' }
  return machines.map((settings, at) =>
    parseManifest(
      machineManifest(site, settings, {
        ...{ release: '0123456789abcdef', instances: 1, agent: ['/node', '/host.mjs'], base: undefined, network },
        ...{ certificate: { names: ['shop.test'], authority, dns: { provider: 'route53' } }, first: at === 0 },
      }),
    ),
  )
}

const specs = ({ items }: Manifest, kind: string) =>
  items.filter((item) => item.kind === kind).map(({ spec }) => spec as Record<string, unknown>)

const three = () => manifests(machine(1, ['web', 'files']), machine(2, ['web']), machine(3, ['database']))

it('has one machine keep the covers, the other web machine mount them, and opens NFS to that one alone', async () => {
  const [one, two, database] = (await three()) as [Manifest, Manifest, Manifest]
  expect(specs(one, 'nfs-export')).toEqual([{ path: '/var/lib/bookstore/covers', to: ['10.0.0.2'] }])
  expect(specs(two, 'mount')).toEqual([{ server: '10.0.0.1', at: '/var/lib/bookstore/covers' }])
  expect([specs(one, 'mount'), specs(two, 'nfs-export'), specs(database, 'mount')]).toEqual([[], [], []])
  expect(specs(one, 'firewall')[0]?.open).toContainEqual({ port: 2049, from: ['10.0.0.2'] })
  expect(JSON.stringify([...specs(two, 'firewall'), ...specs(database, 'firewall')])).not.toContain('2049')
  // Nothing but the catalog has to do with covers, and it does not run before they are there.
  const waiting = specs(two, 'systemd-unit').filter(({ content }) => String(content).includes('RequiresMountsFor'))
  expect(waiting.map(({ unit }) => unit)).toEqual(
    ['bookstore-catalog@', 'bookstore-catalog-migrate@', 'bookstore-catalog-seed@'].map((name) => `${name}.service`),
  )
  expect(JSON.stringify(specs(one, 'systemd-unit'))).not.toContain('RequiresMountsFor')
  expect(specs(two, 'shop')[0]).toMatchObject({ covers: '10.0.0.1' })
})

it('has them share a certificate through a database that no service knows', async () => {
  const [one, two, database] = (await three()) as [Manifest, Manifest, Manifest]
  for (const web of [one, two]) expect(specs(web, 'certificate')[0]).toMatchObject({ shared: { address: '10.0.0.3' } })
  expect(specs(database, 'postgres-database')).toContainEqual({ name: 'operations' })
  expect(specs(database, 'postgres-cluster')[0]).toMatchObject({
    network: { address: '10.0.0.3', from: ['10.0.0.1', '10.0.0.2'], operations: true },
    connections: 2 * 160,
  })
  expect(specs(two, 'secret')).toContainEqual({ name: 'database-operations', brought: true })
})

it('has one of them write the backups', async () => {
  const names = (await three()).map(({ items }) => items.map(({ name }) => name))
  expect(names.map((all) => all.includes('bookstore-backup.timer'))).toEqual([true, false, false])
  expect(names.map((all) => all.includes('bookstore-certificate.timer'))).toEqual([true, true, false])
})

it('lets the machine with the databases be a web machine, and keep the covers', async () => {
  const [one, two] = (await manifests(machine(1, ['web', 'database', 'files']), machine(2, ['web']))) as [
    Manifest,
    Manifest,
  ]
  expect(specs(one, 'certificate')[0]).toMatchObject({ shared: {} })
  expect(specs(two, 'certificate')[0]).toMatchObject({ shared: { address: '10.0.0.1' } })
  expect(specs(one, 'nfs-export')[0]).toMatchObject({ to: ['10.0.0.2'] })
})

it('lets the covers be on a machine of their own, which knows no secret', async () => {
  const [, , , files] = await manifests(
    ...[machine(1, ['web']), machine(2, ['web']), machine(3, ['database']), machine(4, ['files'])],
  )
  expect(specs(files as Manifest, 'nfs-export')[0]).toMatchObject({ to: ['10.0.0.1', '10.0.0.2'] })
  expect(specs(files as Manifest, 'secret')).toEqual([])
})

it('makes nothing of all this for one web machine', async () => {
  for (const roles of [['web'], ['web', 'files']] as const) {
    const found = await manifests(machine(1, roles), machine(2, ['database']))
    expect(JSON.stringify(found).match(/nfs|2049|operations|"shared"|RequiresMountsFor/)).toBeNull()
  }
})
