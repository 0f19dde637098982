import { keepFiles, keepPages } from './cache.ts'
import { inertPolicy, securityHeaders } from './headers.ts'
import { limitLogins } from './login-limit.ts'
import { problems } from './problem.ts'
import { chooseSlot, refuseWithoutSlot, type Slots } from './slots.ts'
import { block, lines, quote } from './text.ts'
import { http2 } from './tls.ts'
import { proxyTo } from './upstream.ts'
import { atLeast, type NginxVersion } from './version.ts'

export interface PublicSite {
  /** The first is the canonical one. */
  names: readonly string[]
  /** More names of this computer, answered with a redirect to the canonical one. */
  otherNames: readonly string[]
  /** '127.0.0.1', '[::1]', or '*' and '[::]' on a machine of its own. */
  addresses: readonly string[]
  httpsPort: number
  httpPort: number
  /** First segments of the pages' paths: 'es', 'en'. */
  languages: readonly string[]
  /** PEM files; on a machine with slots one and the same. */
  certificate: string
  key: string
  hsts: string
  /** Folder of `unavailable.html` (with slots also `maintenance.html` and `too-many.html`), and the policy that they need. */
  pages: { folder: string; policy: string }
}

/** Who answers behind the site. */
export interface Behind {
  slots: Slots | undefined
  /** Pools, by name or by a variable. */
  web: string
  gateway: string
  /** Tells pages of one set of processes from those of another. */
  pagesOf: string
}

const health = block('location = /healthz', 'access_log off;', 'default_type text/plain;', 'return 200 "ok\\n";')

const forwarding = [
  'proxy_set_header Host $http_host;',
  'proxy_set_header Connection "";',
  // What a client claims about itself is not passed on: this is the edge.
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
  'proxy_set_header X-Forwarded-Host "";',
  'proxy_set_header Forwarded "";',
  'proxy_set_header X-Request-Id $request_id;',
].join('\n')

/** All servers that the world can see. */
export function publicServers(site: PublicSite, behind: Behind, version: NginxVersion): string {
  const files = behind.slots ? { ...site, certificate: '$certificate', key: '$certificate' } : site
  return lines(
    refusingServer(files, version),
    redirectingServer(site),
    shopServer(files, behind, version),
    site.otherNames.length > 0 && canonicalServer(files, version),
  )
}

function listen(site: PublicSite, port: number, words: string): string {
  return lines(...site.addresses.map((address) => `listen ${address}:${port}${words === '' ? '' : ` ${words}`};`))
}

function tlsFiles({ certificate, key }: PublicSite): string {
  return lines(`ssl_certificate ${quote(certificate)};`, `ssl_certificate_key ${quote(key)};`)
}

/**
 * Whoever asks for a name that is not ours. The handshake alone would not do: a client may shake hands for our name
 * and then send another Host. The expression matches every host, and exact names of other servers win over it.
 */
function refusingServer(site: PublicSite, version: NginxVersion): string {
  const canReject = atLeast(version.version, '1.19.4')
  return block(
    'server',
    listen(site, site.httpsPort, `${http2(version).listen} default_server`),
    listen(site, site.httpPort, 'default_server'),
    'server_name ~.;',
    canReject ? 'ssl_reject_handshake on;' : tlsFiles(site),
    'access_log off;',
    `return ${canReject ? 421 : 444};`,
  )
}

function redirectingServer(site: PublicSite): string {
  return block(
    'server',
    listen(site, site.httpPort, ''),
    `server_name ${[...site.names, ...site.otherNames].join(' ')};`,
    health,
    block('location /', `return 308 https://$host${portSuffix(site)}$request_uri;`),
  )
}

/** Links, cookies and tokens belong to one origin. */
function canonicalServer(site: PublicSite, version: NginxVersion): string {
  return block(
    'server',
    listen(site, site.httpsPort, http2(version).listen),
    `server_name ${site.otherNames.join(' ')};`,
    tlsFiles(site),
    health,
    block(
      'location /',
      securityHeaders({ hsts: site.hsts, policy: inertPolicy }),
      `return 308 https://${site.names[0]}${portSuffix(site)}$request_uri;`,
    ),
  )
}

/** Pages that say the same to all strangers. The list is short: whatever is not on it is never kept. */
function sharedPages({ languages }: PublicSite): string[] {
  return ['= /', ...languages.flatMap((lang) => [`= /${lang}/`, `/${lang}/books`, `= /${lang}/about`])]
}

const webFiles = ['/assets/', '/covers/', '/cards/', '/icons/']

function shopServer(site: PublicSite, behind: Behind, version: NginxVersion): string {
  const { slots } = behind
  const inert = securityHeaders({ hsts: site.hsts, policy: inertPolicy })
  const open = slots && refuseWithoutSlot
  const api = lines(open, proxyTo(behind.gateway), forwarding, inert, problems.use)
  const pages = lines(
    open,
    proxyTo(behind.web),
    forwarding,
    securityHeaders({ hsts: site.hsts }),
    'error_page 502 503 504 =503 /.unavailable.html;',
  )
  return block(
    'server',
    listen(site, site.httpsPort, http2(version).listen),
    `server_name ${site.names.join(' ')};`,
    tlsFiles(site),
    'client_max_body_size 1m;',
    slots && chooseSlot(slots),
    health,
    // Exact: without it NGINX would redirect to the prefix below.
    block('location = /api', api),
    block('location /api/', api),
    // Covers are put below this; what else is sent there is small, and the service says so itself. No slash at the
    // end: NGINX would answer the list of books, which has none, with a redirect.
    block('location /api/catalog/books', 'client_max_body_size 8m;', api),
    block('location /api/catalog/covers/', api, keepFiles),
    // A cover of 8 MB and the form around it; web holds every other form to 64 KB.
    block('location /', 'client_max_body_size 9m;', pages),
    ...sharedPages(site).map((path) => block(`location ${path}`, pages, keepPages(behind.pagesOf))),
    ...webFiles.map((path) => block(`location ${path}`, pages, keepFiles)),
    slots && limitedLogins(site, { api, pages, inert }),
    ownPage(site, 'unavailable', slots ? '$closed_page' : 'unavailable', slots ? '$closed_seconds' : 2),
    problems.locations(inert, slots ? '$closed_seconds' : 1),
  )
}

/** Where passwords are checked. */
function limitedLogins(site: PublicSite, { api, pages, inert }: Record<'api' | 'pages' | 'inert', string>): string {
  const calls = ['/api/auth/login', '/api/auth/register']
  const forms = site.languages.flatMap((language) => [`/${language}/login`, `/${language}/register`])
  const refused = 'error_page 429 =429 /.too-many.html;'
  return lines(
    ...calls.map((path) => block(`location = ${path}`, api, limitLogins, problems.tooMany.use)),
    ...forms.map((path) => block(`location = ${path}`, pages, limitLogins, refused)),
    ownPage(site, 'too-many', 'too-many', 60),
    problems.tooMany.location(inert),
  )
}

/** A page that nobody behind us has made, from a file of that name. */
function ownPage({ pages, hsts }: PublicSite, location: string, file: string, retryAfter: number | string): string {
  return block(
    `location = /.${location}.html`,
    'internal;',
    `alias ${quote(`${pages.folder}/${file}.html`)};`,
    'default_type "text/html; charset=utf-8";',
    'types { }',
    securityHeaders({ hsts, policy: pages.policy }),
    `add_header Retry-After ${retryAfter} always;`,
    'add_header Cache-Control no-store always;',
  )
}

function portSuffix({ httpsPort }: PublicSite): string {
  return httpsPort === 443 ? '' : `:${httpsPort}`
}
