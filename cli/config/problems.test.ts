import { describe, expect, test } from 'vitest'
import { TemporaryConfig } from './testing/temporary-config.ts'

const config = new TemporaryConfig()

describe('what is wrong is told with its place', () => {
  test('a wrong value', async () => {
    expect(await config.problems('name: shop\nlocal:\n  httpsPort: 99999\n')).toEqual([
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
    expect(await config.problems('local:\n  httpPort: 8080\n  htpsPort: 8443\n')).toEqual([
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
    const found = await config.problems(text)
    expect(found.map((it) => [it.line, it.path])).toEqual([
      [1, 'domain'],
      [3, 'shop.accent'],
      [4, 'shop.languages.1'],
      [5, 'colour'],
    ])
  })

  test('the message holds file, line, column, path, found and expected', async () => {
    await expect(config.loadText('currency: EURO\n')).rejects.toMatchObject({
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
    const error = await config.loadText(`target: vm\n${text}\n`).catch((it: unknown) => it)
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
    const [problem] = await config.problems(`${text}\n`)
    expect(problem).toMatchObject({ line: 1, path, expected })
  })

  test.each([['a: [1\n'], ['a: 1\na: 2\n'], ['\tname: x\n'], ['name: "open\n'], ['a: *nothing\n']])(
    'no YAML: %j',
    async (text) => {
      const [problem] = await config.problems(text)
      expect(problem).toMatchObject({ file: 'bookstore.yaml', expected: 'YAML', line: expect.any(Number) })
    },
  )
})
