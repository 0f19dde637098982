import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BookstoreError } from '../../provisioners/engine/errors.ts'
import type { Event } from '../../provisioners/engine/events.ts'
import { defaultShop } from './defaults.ts'
import { loadSite } from './load.ts'
import type { Problem } from './problem.ts'

let folder: string
let events: Event[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'))
  events = []
})
afterEach(() => rm(folder, { recursive: true }))

const load = (options: { config?: string; env?: string; target?: string } = {}, home?: string) =>
  loadSite(options, { cwd: folder, home, emit: (event) => void events.push(event) })

async function loadText(text: string, env?: string) {
  await writeFile(join(folder, 'bookstore.yaml'), text)
  return load(env === undefined ? {} : { env })
}

async function problems(text: string, env?: string): Promise<readonly Problem[]> {
  const error = await loadText(text, env).catch((it: unknown) => it)
  if (!(error instanceof BookstoreError)) throw new Error(`no error but ${JSON.stringify(error)}`)
  expect(error).toMatchObject({ code: 'configuration', status: 78, fault: 'user' })
  return error.details.problems as Problem[]
}

describe('where the configuration comes from', () => {
  test('without a file the defaults hold', async () => {
    expect(await load()).toEqual({
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
      home: join(folder, '.bookstore'),
    })
    expect(events).toEqual([])
  })

  test.each(['', '# only a comment\n', '{}\n'])('an empty file is the same as none: %j', async (text) => {
    expect(await loadText(text)).toEqual(await load())
  })

  test("machines of one's own: public names, roles, an authority beside the file", async () => {
    const site = await loadText(
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
      certificates: { directory: 'https://acme.example/dir', ca: join(folder, 'own/ca.pem'), hstsPreload: true },
      dns: { provider: 'rfc2136', port: 53, key: 'shop.key' },
    })
    expect(events).toEqual([])
  })

  test('containers on an image of a name, or on an archive beside the file', async () => {
    const containers = async (docker: string) =>
      (
        await loadText(
          `target: vm\ndomain: shop.example\nvm: {runtime: docker, ${docker} machines: [{host: 203.0.113.7}]}\n`,
        )
      ).vm?.containers
    expect(await containers('')).toEqual({ reference: 'debian:12-slim' })
    expect(await containers('docker: {base: "registry.example:5000/own/base:1"},')).toEqual({
      reference: 'registry.example:5000/own/base:1',
    })
    expect(await containers('docker: {base: base.tar.gz},')).toEqual({ archive: join(folder, 'base.tar.gz') })
  })

  test('a machine for the shop and one for the databases, which reach each other by private addresses', async () => {
    const [web, database] = [
      '{host: a.example, privateAddress: 10.0.0.7, roles: [web]}',
      '{host: b.example, roles: [database]}',
    ]
    const site = await loadText(`target: vm\ndomain: shop.example\nvm: {machines: [${web}, ${database}]}\n`)
    expect(site.vm?.machines).toMatchObject([
      { host: 'a.example', privateAddress: '10.0.0.7', roles: ['web'] },
      { host: 'b.example', privateAddress: undefined, roles: ['database'] },
    ])
  })

  test('a machine at AWS has a type of its architecture', async () => {
    const text = (fields: string) => `target: aws\ndomain: shop.example\naws: {region: eu-central-1, ${fields}}\n`
    const types = async (fields: string) => (await loadText(text(fields))).aws?.instanceType
    expect(await types('architecture: arm64')).toBe('t4g.micro')
    expect(await types('architecture: arm64, instanceType: im4gn.large')).toBe('im4gn.large')
    expect(await types('instanceType: m7i.large')).toBe('m7i.large')
    expect(await problems(text('instanceType: c7gd.medium'))).toMatchObject([
      {
        path: 'aws.instanceType',
        found: expect.stringContaining('c7gd.medium'),
        expected: expect.stringContaining('x64'),
      },
    ])
    expect(await problems(text('architecture: arm64, instanceType: g5.xlarge'))).toHaveLength(1)
  })

  test('--target decides over the file', async () => {
    const text = 'target: vm\ndomain: a.example\nvm: {machines: [{host: 203.0.113.7}]}\n'
    await writeFile(join(folder, 'bookstore.yaml'), text)
    expect(await load({ target: 'local' })).toMatchObject({ target: 'local', domain: 'a-example.localhost' })
  })

  test('--config is relative to the current folder, and the home lies beside the file', async () => {
    await mkdir(join(folder, 'shops'))
    await writeFile(join(folder, 'shops/a.yaml'), 'name: a\n')
    expect(await load({ config: 'shops/a.yaml' })).toMatchObject({ name: 'a', home: join(folder, 'shops/.bookstore') })
  })

  test('BOOKSTORE_HOME moves the home', async () => {
    expect((await load({}, '/srv/shop')).home).toBe('/srv/shop')
    expect((await load({}, 'elsewhere')).home).toBe(join(folder, 'elsewhere'))
  })

  test('a given file that is not there is 78', async () => {
    await expect(load({ config: 'none.yaml' })).rejects.toMatchObject({
      code: 'configuration-missing',
      status: 78,
      message: 'There is no file none.yaml.',
    })
  })

  test('a folder is no configuration', async () => {
    await expect(load({ config: '.' })).rejects.toMatchObject({ code: 'configuration-unreadable', status: 78 })
  })
})

describe('what is wrong is told with its place', () => {
  test('a wrong value', async () => {
    expect(await problems('name: shop\nlocal:\n  httpsPort: 99999\n')).toEqual([
      {
        file: 'bookstore.yaml',
        line: 3,
        column: 14,
        path: 'local.httpsPort',
        found: '99999',
        expected: 'a port from 1 to 65535',
      },
    ])
  })

  test('an unknown field, with the nearest one', async () => {
    expect(await problems('local:\n  httpPort: 8080\n  htpsPort: 8443\n')).toEqual([
      expect.objectContaining({
        line: 3,
        column: 3,
        path: 'local.htpsPort',
        found: "'htpsPort'",
        hint: 'Did you mean httpsPort?',
      }),
    ])
  })

  test('all of them at once, in the order of the file', async () => {
    const text = 'domain: not a name\nshop:\n  accent: "red"\n  languages: [es, fr]\ncolour: red\n'
    const found = await problems(text)
    expect(found.map((it) => [it.line, it.path])).toEqual([
      [1, 'domain'],
      [3, 'shop.accent'],
      [4, 'shop.languages.1'],
      [5, 'colour'],
    ])
  })

  test('the message holds file, line, column, path, found and expected', async () => {
    await expect(loadText('currency: EURO\n')).rejects.toMatchObject({
      message: "bookstore.yaml:1:11  currency: found 'EURO', expected a currency of ISO 4217, like USD, EUR or BOB.",
    })
  })

  test.each([
    ['domain: a.example', 'vm', 'vm.machines, a list with the host of each machine'],
    ['vm: {machines: [{host: 203.0.113.7}]}', 'domain', 'a public domain name: target is vm'],
    [
      'domain: a.example\nvm: {machines: [{host: 203.0.113.7, roles: [web]}]}',
      'vm.machines',
      'a machine with the role database',
    ],
    [
      'domain: a.example\nvm: {machines: [{host: 203.0.113.7}, {host: 203.0.113.7, roles: [web]}]}',
      'vm.machines',
      'each machine once, with all of its roles',
    ],
    [
      'domain: a.example\nvm: {machines: [{host: 203.0.113.7}, {host: 203.0.113.8, roles: [database]}]}',
      'vm.machines',
      'one: that role has no copies',
    ],
    [
      'domain: a.example\nvm: {machines: [{host: 203.0.113.7}, {host: 203.0.113.8, roles: [web]}]}',
      'vm.machines',
      'one of the machines with the role files: it keeps the uploaded covers for all of them',
    ],
    [
      'domain: a.example\nvm: {machines: [{host: 203.0.113.7, roles: [web, database, files]}, {host: 203.0.113.8, roles: [web, files]}]}',
      'vm.machines',
      'one: that role has no copies',
    ],
    [
      'domain: a.example\nvm: {machines: [{host: 203.0.113.7}, {host: 203.0.113.8, roles: [web, files]}]}',
      'vm.machines',
      'files on 203.0.113.7, which has web and database, or on one without web',
    ],
    [
      'domain: a.example\nvm: {runtime: docker, machines: [{host: 203.0.113.7, roles: [web, database, files]}, {host: 203.0.113.8, roles: [web]}]}',
      'vm.machines',
      'systemd, for web machines that have the covers of another one',
    ],
    [
      'domain: a.example\nvm: {machines: [{host: 203.0.113.7, privateAddress: db.internal}]}',
      'vm.machines.0.privateAddress',
      'an address, like 10.0.0.7',
    ],
  ])('target: vm with %s', async (text, path, expected) => {
    const error = await loadText(`target: vm\n${text}\n`).catch((it: unknown) => it)
    expect(error).toMatchObject({ status: 78, details: { problems: [{ path, expected }] } })
  })

  test.each([
    ['domain: "https://a.com"', 'domain', 'a domain name, like proyecto2.online'],
    ['domain: -a.com', 'domain', 'a domain name, like proyecto2.online'],
    ['domain: 10.0.0.1', 'domain', 'a domain name, like proyecto2.online'],
    ['name: Shop', 'name', 'lower case letters, digits and hyphens, starting with a letter, at most 40'],
    ['name: 5', 'name', 'text'],
    ['target: cloud', 'target', 'one of local, vm, aws'],
    ['vm: {machines: []}', 'vm.machines', 'one machine or more'],
    ['vm: {machines: [{host: a b}]}', 'vm.machines.0.host', 'a name or an address, like 203.0.113.7'],
    ['dns: {provider: bind}', 'dns.provider', 'one of manual, rfc2136, route53, cloudflare, godaddy'],
    [
      'certificates: {authority: mine}',
      'certificates.authority',
      'letsencrypt, letsencrypt-staging, or the URL of an ACME directory',
    ],
    ['payments: stripe', 'payments', 'simulator'],
    ['shop: bookshop', 'shop', 'fields, one a line'],
    ['shop: {accent: "#12345"}', 'shop.accent', "a colour like '#7a1f2b', in quotes"],
    ['shop: {languages: []}', 'shop.languages', 'one language or more'],
    ['shop: {languages: [es, es]}', 'shop.languages', 'each language once'],
    ['shop: {name: ""}', 'shop.name', 'some text'],
    ['shop: {name: "a\\nb"}', 'shop.name', 'text on one line'],
    ['shop: {catalogue: all}', 'shop.catalogue', 'one of classics, empty'],
    ['local: {postgres: docker}', 'local.postgres', 'one of auto, system, embedded'],
    ['local: {httpPort: 0}', 'local.httpPort', 'a port from 1 to 65535'],
    ['local: {httpPort: "8080"}', 'local.httpPort', 'a number'],
    ['local: {httpPort: 80.5}', 'local.httpPort', 'a whole number'],
    ['local: {instances: 9}', 'local.instances', 'from 1 to 8'],
    ['aliases: www.a.com', 'aliases', 'a list'],
    ['local: {httpPort: 8443}', 'local.httpPort', 'another port than local.httpsPort'],
    ['environments: {A: {}}', 'environments.A', 'a name of lower case letters, digits and hyphens'],
    ['environments: {a: {nam: x}}', 'environments.a.nam', expect.stringContaining('one of name, domain')],
    ['- a list', '', 'fields, one a line'],
  ])('%s', async (text, path, expected) => {
    const [problem] = await problems(`${text}\n`)
    expect(problem).toMatchObject({ line: 1, path, expected })
  })

  test.each([['a: [1\n'], ['a: 1\na: 2\n'], ['\tname: x\n'], ['name: "open\n'], ['a: *nothing\n']])(
    'no YAML: %j',
    async (text) => {
      const [problem] = await problems(text)
      expect(problem).toMatchObject({ file: 'bookstore.yaml', expected: 'YAML', line: expect.any(Number) })
    },
  )
})

describe('environments', () => {
  const text = `name: shop
local:
  httpsPort: 9443
shop:
  languages: [es, en]
environments:
  rehearsal:
    name: rehearsal
    local:
      httpPort: 9080
    shop:
      languages: [en]
  clash:
    local:
      httpPort: 9443
`

  test('merge fields and replace everything else', async () => {
    expect(await loadText(text, 'rehearsal')).toMatchObject({
      name: 'rehearsal',
      local: { httpsPort: 9443, httpPort: 9080 },
      shop: { languages: ['en'], name: defaultShop.name },
    })
    expect(await load()).toMatchObject({ name: 'shop', local: { httpPort: 8080 } })
  })

  test('a rule over two fields is asked of the result', async () => {
    expect(await problems(text, 'clash')).toEqual([
      expect.objectContaining({ line: 15, path: 'environments.clash.local.httpPort', found: '9443' }),
    ])
  })

  test('that are not there are 78, with the nearest name', async () => {
    await expect(loadText(text, 'rehersal')).rejects.toMatchObject({
      code: 'unknown-environment',
      status: 78,
      hint: 'Did you mean rehearsal?',
    })
    await expect(loadText(text, 'toString')).rejects.toMatchObject({ code: 'unknown-environment' })
    await rm(join(folder, 'bookstore.yaml'))
    await expect(load({ env: 'rehearsal' })).rejects.toMatchObject({ code: 'configuration-missing', status: 78 })
  })
})

describe('from settings to a site', () => {
  test('a public domain is previewed under a local name, and that is said', async () => {
    const site = await loadText('domain: proyecto2.online\naliases: [www.proyecto2.online, proyecto2.online]\n')
    expect(site).toMatchObject({ domain: 'proyecto2-online.localhost', aliases: ['www-proyecto2-online.localhost'] })
    expect(events).toEqual([
      expect.objectContaining({
        type: 'note',
        level: 'info',
        message: expect.stringContaining('proyecto2.online is a public name'),
      }),
    ])
  })

  test('other alphabets are welcome', async () => {
    expect((await loadText('domain: librería.localhost\n')).domain).toBe('xn--librera-dza.localhost')
  })

  test('a text in one language serves both', async () => {
    const { shop } = await loadText('shop: {tagline: {es: Hola}, legal: {en: Hello}, accent: "#ABCDEF"}\n')
    expect(shop).toMatchObject({
      tagline: { es: 'Hola', en: 'Hola' },
      legal: { es: 'Hello', en: 'Hello' },
      accent: '#abcdef',
    })
  })
})
