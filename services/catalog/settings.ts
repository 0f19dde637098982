import { z } from 'zod'
import { address, commonSettings, databaseSettings, type Environment, readSettings } from '../kit/settings.ts'

const shop = z.object({
  name: z.string().min(1),
  languages: z.array(z.string()).min(1),
  catalogue: z.enum(['classics', 'empty']),
})

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' })
    return z.NEVER
  }
})

const currency = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code')

/** What catalog is given, as docs/decisions/0002-process-contract.md has it. */
export const catalogSettings = (env: Environment) =>
  readSettings(
    {
      ...commonSettings,
      ...databaseSettings,
      BOOKSTORE_AUTH_INTERNAL_URL: address,
      BOOKSTORE_COVERS: z.string().startsWith('/', 'expected an absolute path'),
      BOOKSTORE_CURRENCY: currency,
      /** How long a reservation is held. */
      BOOKSTORE_RESERVATION_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
    },
    env,
  )

/** What the command `seed` reads. */
export const seedSettings = (env: Environment) =>
  readSettings({ BOOKSTORE_CURRENCY: currency, BOOKSTORE_SHOP: json.pipe(shop) }, env)
