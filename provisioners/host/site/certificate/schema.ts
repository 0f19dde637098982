import { z } from 'zod'

const authority = z.strictObject({
  /** URL of its directory (RFC 8555). */
  directory: z.url(),
  /** PEM of the authority of its API, where it is not a public one. */
  ca: z.string().optional(),
})

/** As provisioners/dns/settings.ts has it; what is secret about it lies beside it, as `dns-<name>`. */
const dns = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('rfc2136'),
    server: z.string(),
    port: z.int().optional(),
    key: z.string(),
    transport: z.enum(['tcp', 'udp']).optional(),
  }),
  z.strictObject({
    provider: z.literal('route53'),
    hostedZone: z.string().optional(),
    endpoint: z.string().optional(),
  }),
  z.strictObject({ provider: z.literal('cloudflare'), endpoint: z.string().optional() }),
  z.strictObject({ provider: z.literal('godaddy'), endpoint: z.string().optional() }),
  z.strictObject({ provider: z.literal('manual') }),
])

export const certificateSchema = z.strictObject({
  /** The domain first, then its aliases. */
  names: z.array(z.string()).min(1),
  authority,
  /** Signs first, and its certificate is thrown away. */
  staging: authority.optional(),
  contact: z.string().optional(),
  profile: z.string().optional(),
  dns,
  /** Several web machines have it: where the databases are by which they share it, when they are on another machine. */
  shared: z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]).optional() }).optional(),
})

export type CertificateSpec = z.output<typeof certificateSchema>
