import { z } from 'zod'
import { address, commonSettings, type Environment, readSettings } from '../services/kit/settings.ts'

export const languages = ['es', 'en'] as const
export type Language = (typeof languages)[number]

const perLanguage = z.object({ es: z.string().default(''), en: z.string().default('') })

/** `Shop` of provisioners/site.ts, as far as pages show it. Fields that a later version adds are passed over. */
const shop = z.object({
  name: z.string().min(1),
  tagline: perLanguage,
  accent: z.string().regex(/^#[0-9a-fA-F]{6}$/),
  languages: z.array(z.enum(languages)).min(1),
  contact: z.string().optional(),
  legal: perLanguage.default({ es: '', en: '' }),
})
export type Shop = z.output<typeof shop>

const shopFromJson = z.string().transform((text, context): Shop => {
  try {
    return shop.parse(JSON.parse(text))
  } catch (error) {
    context.addIssue({ code: 'custom', message: `expected the JSON of a shop: ${(error as Error).message}` })
    return z.NEVER
  }
})

/** @throws SettingsError naming every variable at fault. */
export function webSettings(env: Environment) {
  return readSettings(
    {
      ...commonSettings,
      BOOKSTORE_GATEWAY_URL: address,
      BOOKSTORE_CURRENCY: z.string().regex(/^[A-Z]{3}$/),
      BOOKSTORE_SHOP: shopFromJson,
    },
    env,
  )
}
