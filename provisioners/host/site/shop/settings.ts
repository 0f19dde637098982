import { z } from 'zod'
import type { Shop } from '../../../site.ts'
import { poolSize } from '../pools.ts'

/** Of a release: `/opt/bookstore/releases/<id>`. */
const releaseId = z.string().regex(/^\w[\w.-]*$/)

const language = z.enum(['es', 'en'])
const bothLanguages = z.strictObject({ es: z.string(), en: z.string() })

/** What its processes are told of the shop. */
const shop = z
  .strictObject({
    name: z.string(),
    tagline: bothLanguages,
    accent: z.string(),
    languages: z.array(language).min(1),
    contact: z.string().optional(),
    legal: bothLanguages,
    catalogue: z.enum(['classics', 'empty']),
  })
  .transform(({ contact, ...rest }): Shop => ({ ...rest, contact }))

export const shopSchema = z.strictObject({
  release: releaseId,
  /** Public origin, without a slash at its end. */
  url: z.url(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  shop,
  /** Processes of each service. */
  instances: z.int().min(1).max(16),
  /** As in the units (`shopUnits`): another value is another start of every process. */
  heapMb: z.int().min(48),
  /** Where the databases are when they are on another machine. */
  database: z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]) }).optional(),
  /** Address of the machine that keeps the covers, when it is another one. Its processes know what was mounted at their start. */
  covers: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Digest of what another machine told this one in secret; found out here. Its processes know what they were started with. */
  secrets: z.string().optional(),
  /** Connections that a process opens at most. */
  pool: z.int().min(1).max(100).default(poolSize),
  /** What its processes are: units of systemd, or containers. */
  runtime: z.enum(['systemd', 'docker']).default('systemd'),
  /**
   * Of the containers' images: a reference that Docker pulls where it is not there, or the SHA-256 of an archive in
   * `/var/lib/bookstore/containers`. Empty without containers.
   */
  base: z.string().default(''),
  /** Seconds that a new release has for becoming ready. */
  readySeconds: z.int().min(1).default(90),
})

/** A release, and all that its processes are told. */
export type ShopSettings = z.output<typeof shopSchema>

/** What makes processes others: all but the patience. */
export function differencesOf(wanted: ShopSettings, found: ShopSettings): readonly (keyof ShopSettings)[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]) as Set<keyof ShopSettings>
  return [...names].filter(
    (name) => name !== 'readySeconds' && JSON.stringify(wanted[name]) !== JSON.stringify(found[name]),
  )
}
