import * as z from 'zod'
import { aws } from './aws.ts'
import * as defaults from './defaults.ts'
import { asciiDomain } from './domain.ts'
import { instances, port } from './fields.ts'
import { certificates, dns, vm } from './machines.ts'

/**
 * The configuration file. The reference page and the JSON Schema are generated from this, and the message of each
 * check completes the sentence 'expected ...'.
 */

const servers = z.enum(['auto', 'system', 'embedded'])
const stackName = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/
const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'some text')
    .max(max, `at most ${max} characters`)
    .refine((it) => !hasControl(it), 'text on one line')

const domain = z.string().refine((it) => asciiDomain(it) !== undefined, 'a domain name, like proyecto2.online')

const translated = (example: string) =>
  z
    .strictObject({
      es: text(300).optional().describe('In Spanish.'),
      en: text(300).optional().describe('In English.'),
    })
    .describe(`${example} A language that is left out shows the other one.`)

const shop = z.strictObject({
  name: text(60).default(defaults.defaultShop.name).describe('What the shop is called, on every page.'),
  tagline: translated('One line under the name.').optional(),
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "a colour like '#7a1f2b', in quotes")
    .default(defaults.defaultShop.accent)
    .describe('The one accent colour, in quotes: a bare # starts a comment in YAML.'),
  languages: z
    .array(z.enum(['es', 'en']))
    .min(1, 'one language or more')
    .refine((it) => new Set(it).size === it.length, 'each language once')
    .default([...defaults.defaultShop.languages])
    .describe('Languages of the pages; the first is the default.'),
  contact: text(200).optional().describe('How to reach the shop: an e-mail address, a telephone number, a street.'),
  legal: translated('The small print at the foot of every page.').optional(),
  catalogue: z
    .enum(['classics', 'empty'])
    .default(defaults.defaultShop.catalogue)
    .describe('What the shelves hold at the first start: books in the public domain, or nothing.'),
})

const local = z.strictObject({
  httpsPort: port.default(defaults.defaultHttpsPort).describe('Port of the shop on this computer.'),
  httpPort: port.default(defaults.defaultHttpPort).describe('Port that redirects to HTTPS.'),
  postgres: servers
    .default('auto')
    .describe('Which PostgreSQL: the installed one (14 or newer), the one from npm, or auto: installed, else npm.'),
  nginx: servers.default('auto').describe('Which NGINX: the installed one, the one from npm, or auto.'),
  instances: instances.describe('Processes of each service. Left out: what `bookstore scale` last set, 1 at first.'),
})

export const settings = z.strictObject({
  name: z
    .string()
    .regex(stackName, 'lower case letters, digits and hyphens, starting with a letter, at most 40')
    .default(defaults.defaultName)
    .describe('Name of the stack. Two stacks with different names never touch each other.'),
  domain: domain.default(defaults.defaultDomain).describe('The domain of the shop; other alphabets are welcome.'),
  aliases: z.array(domain).max(20, 'at most 20 names').default([]).describe('More names for the same shop.'),
  target: z
    .enum(['local', 'vm', 'aws'])
    .default('local')
    .describe('Where the shop runs: on this computer, on machines of yours (vm), or on one that is made at AWS (aws).'),
  currency: z
    .string()
    .refine((it) => Intl.supportedValuesOf('currency').includes(it), 'a currency of ISO 4217, like USD, EUR or BOB')
    .default(defaults.defaultCurrency)
    .describe('The one currency of the shop, ISO 4217.'),
  payments: z
    .enum(['simulator'])
    .default('simulator')
    .describe('The payment provider. The simulator moves no real money, and every page says so.'),
  shop: shop.prefault({}).describe('How the shop looks and what it calls itself.'),
  local: local.prefault({}).describe('Settings of the target local.'),
  vm: vm.optional().describe('Settings of the target vm.'),
  aws: aws.optional().describe('Settings of the target aws.'),
  alerts: z.email('an e-mail address').optional().describe('Where alarms are sent to, on the target aws.'),
  certificates: certificates.prefault({}).describe('Certificates of targets other than local.'),
  dns: dns
    .default({ provider: 'manual' })
    .describe('Who keeps the zone of the domain; manual: records are shown, and awaited.'),
})

export const configuration = settings.extend({
  environments: z
    .record(z.string().regex(stackName, 'a name of lower case letters, digits and hyphens'), settings)
    .default({})
    .describe('Named variations, chosen with --env NAME: the fields given there replace those above.'),
})

export type Settings = z.output<typeof settings>

function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return /[\u0000-\u001f\u007f]/.test(value)
}
