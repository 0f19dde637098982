import { isIP } from 'node:net'
import * as z from 'zod'
import { authorities } from './defaults.ts'
import { asciiDomain } from './domain.ts'
import { instances, port } from './fields.ts'

/** The part of the configuration that is about machines, names and certificates of the outside world. */

const host = z
  .string()
  .refine((it) => isIP(it) !== 0 || asciiDomain(it) !== undefined, 'a name or an address, like 203.0.113.7')

const machine = z.strictObject({
  host: host.describe('Name or address of the machine.'),
  privateAddress: z
    .string()
    .refine((it) => isIP(it) !== 0, 'an address, like 10.0.0.7')
    .optional()
    .describe('By which the other machines of the site reach it. Left out: the address of host.'),
  port: port.default(22).describe('Where its SSH server listens.'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'a user name, like root or admin')
    .default('root')
    .describe('Who we enter as: root, or somebody who may run sudo without a password.'),
  key: z
    .string()
    .min(1, 'the path of a file')
    .optional()
    .describe('Private key file. Left out: the keys of your agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa.'),
  hostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "a fingerprint like 'SHA256:...', as ssh-keygen -l prints it")
    .optional()
    .describe('Fingerprint of the host key. Left out: shown and confirmed once, then kept.'),
  roles: z
    .array(z.enum(['web', 'database', 'files']))
    .min(1, 'one role or more')
    .default(['web', 'database'])
    .describe(
      'What stands there: web (NGINX, the services), database (PostgreSQL), files (the uploaded covers, for several web machines).',
    ),
})

const docker = z.strictObject({
  base: z
    .string()
    .regex(/^\S+$/, 'an image like debian:12-slim, or the path of an archive')
    .default('debian:12-slim')
    .describe(
      'Image with glibc that ours are built on: one that Docker pulls, or a root file system (.tar, .tar.gz, .tar.xz).',
    ),
})

export const vm = z.strictObject({
  runtime: z
    .enum(['systemd', 'docker'])
    .default('systemd')
    .describe('What the services are on a machine: units of systemd, or containers of Docker and Compose.'),
  docker: docker.prefault({}).describe('Settings of the runtime docker.'),
  machines: z
    .array(machine)
    .min(1, 'one machine or more')
    .describe('Debian 12 or 13, or Ubuntu 22.04 or newer, as they come from the provider.'),
  instances: instances.describe('Processes of each service. Left out: what `bookstore scale` last set, 1 at first.'),
})

export const certificates = z.strictObject({
  authority: z
    .string()
    .refine(
      (it) => it in authorities || URL.canParse(it),
      'letsencrypt, letsencrypt-staging, or the URL of an ACME directory',
    )
    .default('letsencrypt')
    .describe('Who signs certificates (RFC 8555).'),
  rehearse: z
    .boolean()
    .default(false)
    .describe('Have the staging authority sign first, so that a mistake costs nothing of the real limits.'),
  email: z.email('an e-mail address').optional().describe('Where the authority may write to.'),
  profile: z
    .string()
    .min(1, 'the name of a profile')
    .optional()
    .describe('A profile of the authority, like tlsserver.'),
  ca: z
    .string()
    .min(1, 'the path of a file')
    .optional()
    .describe('PEM file of a private authority, relative to the configuration.'),
  hstsPreload: z
    .boolean()
    .default(false)
    .describe(
      'Add preload to Strict-Transport-Security, so that the domain may be entered at hstspreload.org: browsers then refuse plain HTTP for it and all names below it. To be taken off their lists takes months.',
    ),
})

const keyName = z.string().refine((it) => asciiDomain(it) !== undefined, 'the name of a key, like shop.key')

export const dns = z.discriminatedUnion(
  'provider',
  [
    z.strictObject({ provider: z.literal('manual') }),
    z.strictObject({
      provider: z.literal('rfc2136'),
      server: host.describe('Primary name server of the zone.'),
      port: port.default(53),
      key: keyName.describe('Name of the TSIG key (HMAC-SHA256); its secret comes from BOOKSTORE_DNS_TSIG_SECRET.'),
    }),
    z.strictObject({
      provider: z.literal('route53'),
      hostedZone: z.string().min(1, 'the id of a zone').optional().describe('Left out: looked up by name.'),
    }),
    z.strictObject({ provider: z.literal('cloudflare') }),
    z.strictObject({ provider: z.literal('godaddy') }),
  ],
  { error: 'one of manual, rfc2136, route53, cloudflare, godaddy' },
)

/** A path is told from a reference by how it begins or ends. */
export const isArchive = (base: string): boolean => /^\.{0,2}\//.test(base) || /\.tar(\.[gx]z)?$/.test(base)

export type CertificateFields = z.output<typeof certificates>

/** Directory URLs of the authority, and of its staging sibling where a rehearsal is wished and there is one. */
export function directoriesOf({ authority, rehearse }: CertificateFields): {
  directory: string
  staging: string | undefined
} {
  const directory = authority in authorities ? authorities[authority as keyof typeof authorities] : authority
  const staging = rehearse && authority === 'letsencrypt' ? authorities['letsencrypt-staging'] : undefined
  return { directory, staging }
}
