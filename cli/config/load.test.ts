import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultShop } from './defaults.ts'
import { TemporaryConfig } from './testing/temporary-config.ts'

const config = new TemporaryConfig()

describe('where the configuration comes from', () => {
  test('without a file the defaults hold', async () => {
    expect(await config.load()).toEqual({
      name: 'bookstore',
      domain: 'bookstore.localhost',
      aliases: [],
      target: 'local',
      shop: defaultShop,
      currency: 'USD',
      payments: 'simulator',
      local: { httpsPort: 8443, httpPort: 8080, postgres: 'auto', nginx: 'auto', instances: undefined },
      vm: undefined,
      aws: undefined,
      alerts: undefined,
      certificates: {
        directory: 'https://acme-v02.api.letsencrypt.org/directory',
        staging: undefined,
        email: undefined,
        profile: undefined,
        ca: undefined,
        hstsPreload: false,
      },
      dns: { provider: 'manual' },
      home: join(config.folder, '.bookstore'),
    })
    expect(config.events).toEqual([])
  })

  test.each(['', '# only a comment\n', '{}\n'])('an empty file is the same as none: %j', async (text) => {
    expect(await config.loadText(text)).toEqual(await config.load())
  })

  test("machines of one's own: public names, roles, an authority beside the file", async () => {
    const site = await config.loadText(
      [
        'target: vm',
        'domain: proyecto2.online',
        'aliases: [www.proyecto2.online]',
        'vm: {machines: [{host: 203.0.113.7, user: admin}]}',
        'certificates: {authority: "https://acme.example/dir", ca: own/ca.pem, hstsPreload: true}',
        'dns: {provider: rfc2136, server: 203.0.113.53, key: shop.key}',
      ].join('\n'),
    )
    expect(site).toMatchObject({
      target: 'vm',
      domain: 'proyecto2.online',
      aliases: ['www.proyecto2.online'],
      vm: { machines: [{ host: '203.0.113.7', port: 22, user: 'admin', roles: ['web', 'database'] }] },
      certificates: { directory: 'https://acme.example/dir', ca: join(config.folder, 'own/ca.pem'), hstsPreload: true },
      dns: { provider: 'rfc2136', port: 53, key: 'shop.key' },
    })
    expect(config.events).toEqual([])
  })

  test('containers on an image of a name, or on an archive beside the file', async () => {
    const containers = async (docker: string) =>
      (
        await config.loadText(
          `target: vm\ndomain: shop.example\nvm: {runtime: docker, ${docker} machines: [{host: 203.0.113.7}]}\n`,
        )
      ).vm?.containers
    expect(await containers('')).toEqual({ reference: 'debian:12-slim' })
    expect(await containers('docker: {base: "registry.example:5000/own/base:1"},')).toEqual({
      reference: 'registry.example:5000/own/base:1',
    })
    expect(await containers('docker: {base: base.tar.gz},')).toEqual({ archive: join(config.folder, 'base.tar.gz') })
  })

  test('a machine for the shop and one for the databases, which reach each other by private addresses', async () => {
    const [web, database] = [
      '{host: a.example, privateAddress: 10.0.0.7, roles: [web]}',
      '{host: b.example, roles: [database]}',
    ]
    const site = await config.loadText(`target: vm\ndomain: shop.example\nvm: {machines: [${web}, ${database}]}\n`)
    expect(site.vm?.machines).toMatchObject([
      { host: 'a.example', privateAddress: '10.0.0.7', roles: ['web'] },
      { host: 'b.example', privateAddress: undefined, roles: ['database'] },
    ])
  })

  test('a machine at AWS has a type of its architecture', async () => {
    const text = (fields: string) => `target: aws\ndomain: shop.example\naws: {region: eu-central-1, ${fields}}\n`
    const types = async (fields: string) => (await config.loadText(text(fields))).aws?.instanceType
    expect(await types('architecture: arm64')).toBe('t4g.micro')
    expect(await types('architecture: arm64, instanceType: im4gn.large')).toBe('im4gn.large')
    expect(await types('instanceType: m7i.large')).toBe('m7i.large')
    expect(await config.problems(text('instanceType: c7gd.medium'))).toMatchObject([
      {
        path: 'aws.instanceType',
        found: expect.stringContaining('c7gd.medium'),
        expected: expect.stringContaining('x64'),
      },
    ])
    expect(await config.problems(text('architecture: arm64, instanceType: g5.xlarge'))).toHaveLength(1)
  })

  test('--target decides over the file', async () => {
    const text = 'target: vm\ndomain: a.example\nvm: {machines: [{host: 203.0.113.7}]}\n'
    await writeFile(join(config.folder, 'bookstore.yaml'), text)
    expect(await config.load({ target: 'local' })).toMatchObject({ target: 'local', domain: 'a-example.localhost' })
  })

  test('--config is relative to the current config.folder, and the home lies beside the file', async () => {
    await mkdir(join(config.folder, 'shops'))
    await writeFile(join(config.folder, 'shops/a.yaml'), 'name: a\n')
    expect(await config.load({ config: 'shops/a.yaml' })).toMatchObject({
      name: 'a',
      home: join(config.folder, 'shops/.bookstore'),
    })
  })

  test('BOOKSTORE_HOME moves the home', async () => {
    expect((await config.load({}, '/srv/shop')).home).toBe('/srv/shop')
    expect((await config.load({}, 'elsewhere')).home).toBe(join(config.folder, 'elsewhere'))
  })

  test('a given file that is not there is 78', async () => {
    await expect(config.load({ config: 'none.yaml' })).rejects.toMatchObject({
      code: 'configuration-missing',
      status: 78,
      message: 'There is no file none.yaml.',
    })
  })

  test('a config.folder is no configuration', async () => {
    await expect(config.load({ config: '.' })).rejects.toMatchObject({ code: 'configuration-unreadable', status: 78 })
  })
})
