import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { authorityFiles } from '../certificates/store.ts'
import { BookstoreError, exit } from '../engine/errors.ts'
import { layoutOf } from '../local/layout.ts'
import { siteUrl } from '../shop/services.ts'
import type { Site } from '../site.ts'
import { isLocalName } from './http/lookup.ts'
import type { SmokeOptions } from './types.ts'

/** What may be given on a command line; what is not given comes from the site. */
export interface GivenOptions {
  url?: string
  readOnly?: boolean
  /** Path of a PEM file. */
  ca?: string
  httpPort?: string
  payments?: string
  /** Path of the report. */
  report?: string
}

/** The journey on our own site, as it is configured. */
export async function smokeOptionsOf(site: Site): Promise<SmokeOptions> {
  const authority = site.target === 'local' ? authorityFiles(layoutOf(site).tls).certificate : site.certificates.ca
  const ca = authority === undefined ? undefined : await readFile(authority, 'utf8').catch(() => undefined)
  return {
    url: siteUrl(site),
    httpPort: site.target === 'local' ? site.local.httpPort : 80,
    languages: site.shop.languages,
    ...addressOf(site),
    payments: site.payments,
    ...(ca === undefined ? {} : { ca }),
  }
}

/** Machines of ours are asked themselves: their name may not be known everywhere yet, and leads to any of them. */
function addressOf({ vm }: Site): Pick<SmokeOptions, 'address' | 'further'> {
  const webs = (vm?.machines ?? []).filter(({ roles, host }) => roles.includes('web') && isIP(host) !== 0)
  const [address, ...further] = webs.map(({ host }) => host)
  return address === undefined ? {} : { address, ...(further.length > 0 ? { further } : {}) }
}

/**
 * Options from a command line. About a foreign address nothing of our site is assumed, except that names under
 * `.localhost` have certificates of the local authority.
 * @throws BookstoreError 'authority-unreadable', or with status 64 for a value that makes no sense.
 */
export async function givenOptions(given: GivenOptions, site: Site, cwd: string): Promise<SmokeOptions> {
  const own = await smokeOptionsOf(site)
  const payments = paymentsOf(given.payments)
  const ca = given.ca === undefined ? undefined : await readAuthority(resolve(cwd, given.ca))
  return {
    ...(given.url === undefined || isSameSite(given.url, own.url) ? own : foreign(given.url, own)),
    readOnly: given.readOnly === true,
    ...(ca === undefined ? {} : { ca }),
    ...(given.httpPort === undefined ? {} : { httpPort: portOf(given.httpPort) }),
    ...(payments === undefined ? {} : { payments }),
    ...(given.report === undefined ? {} : { report: resolve(cwd, given.report) }),
  }
}

function isSameSite(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).origin === new URL(other).origin
}

function foreign(url: string, own: SmokeOptions): SmokeOptions {
  const local = URL.canParse(url) && isLocalName(new URL(url).hostname)
  return { url, ...(local && own.ca !== undefined ? { ca: own.ca } : {}) }
}

async function readAuthority(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new BookstoreError(`${path} cannot be read as the certificate of an authority.`, {
    code: 'authority-unreadable',
    fault: 'user',
    hint: 'Give a PEM file. That of the local authority is named by: bookstore status --json',
  })
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw wrongValue('wrong-port', `'${text}' is no port.`, 'Give a number from 1 to 65535: --http-port 8080')
}

function paymentsOf(text: string | undefined): 'simulator' | undefined {
  if (text === undefined || text === 'simulator') return text
  throw wrongValue(
    'wrong-payments',
    `'${text}' is nothing that --payments takes.`,
    'Give --payments simulator, or leave it out.',
  )
}

function wrongValue(code: string, message: string, hint: string): BookstoreError {
  return new BookstoreError(message, { code, fault: 'user', status: exit.usage, hint })
}
