import { expect, it } from 'vitest'
import { testSite } from '../../tests/local/harness.ts'
import { parseManifest } from '../host/manifest.ts'
import type { MachinePublishes, MachineSettings } from '../site.ts'
import { groundwork } from './groundwork.ts'
import { oneMachine } from './network.ts'
import { machineManifest } from './vm.ts'

const settings: MachineSettings = {
  ...{ host: '192.0.2.7', port: 22, user: 'admin', key: undefined, hostKey: undefined },
  roles: ['web', 'database'],
}

async function manifest(publish?: MachinePublishes) {
  const authority = { directory: 'https://ca.test/' }
  return parseManifest(
    machineManifest(await testSite({}, '/nowhere'), settings, {
      ...{ release: '0123456789abcdef', instances: 1, agent: ['/node', '/host.mjs'], base: undefined, publish },
      certificate: { names: ['shop.test'], authority, dns: { provider: 'route53' } },
      network: oneMachine,
      first: true,
    }),
  )
}

it('says nothing of AWS to a machine that is not there', async () => {
  const { items } = await manifest()
  expect(JSON.stringify(items)).not.toMatch(/publish|figures|CloudWatch/)
})

it('tells a machine at AWS where its backups and figures go, and nothing that is secret', async () => {
  const { items } = await manifest({ region: 'eu-central-1', bucket: 'bookstore-shop', account: '123456789012' })
  const requests = items.filter(({ kind, name }) => kind === 'file' && ['backup', 'figures'].includes(name))
  const place = { region: 'eu-central-1', bucket: 'bookstore-shop', account: '123456789012', stack: expect.any(String) }
  for (const { spec } of requests)
    expect(JSON.parse((spec as { content: string }).content)).toMatchObject({ publish: place })
  expect(requests).toHaveLength(2)
  const timer = items.find(({ name }) => name === 'bookstore-figures.timer')
  expect(timer?.spec).toMatchObject({ enabled: true, running: true })
})

it('has work that needs neither release nor certificate, and is whole in itself', async () => {
  const whole = await manifest()
  const { items, ...rest } = groundwork(whole)
  expect(rest).toEqual({ format: 1, stack: whole.stack })
  const addresses = items.map(({ kind, name }) => `host.${kind}/${name}`)
  for (const { dependsOn } of items) for (const each of dependsOn) expect(addresses).toContain(each)
  expect(addresses).toEqual(expect.arrayContaining(['host.postgres-database/catalog', 'host.nginx-site/site']))
  const left = whole.items.filter((each) => !items.includes(each)).map(({ kind, name }) => `${kind}/${name}`)
  expect(left.toSorted()).toEqual([
    'certificate/site',
    'shop/shop',
    'systemd-unit/bookstore-backup.timer',
    'systemd-unit/bookstore-certificate.timer',
  ])
})
