/** What the operator wants, validated and with every default filled in. `cli/config` makes it; blueprints read it. */
export interface Site {
  /** Name of the stack: lower case, digits, hyphens. Two stacks with different names never touch each other. */
  name: string
  domain: string
  aliases: readonly string[]
  target: 'local'
  shop: Shop
  /** ISO 4217, the one currency of the shop. */
  currency: string
  /** `simulator` moves no real money, and every page says so. */
  payments: 'simulator'
  local: LocalSettings
  /** Absolute folder that holds all local state (`.bookstore/` beside the configuration, or BOOKSTORE_HOME). */
  home: string
}

export interface Shop {
  name: string
  tagline: { es: string; en: string }
  /** CSS hex colour, `#rrggbb`. */
  accent: string
  /** The first is the default. */
  languages: readonly Language[]
  contact: string | undefined
  legal: { es: string; en: string }
  /** What the shelves hold at the first start. */
  catalogue: 'classics' | 'empty'
}

export type Language = 'es' | 'en'
export type ServerChoice = 'auto' | 'system' | 'embedded'

export interface LocalSettings {
  httpsPort: number
  httpPort: number
  postgres: ServerChoice
  nginx: ServerChoice
  /** Processes of each service; `undefined` keeps what `bookstore scale` last set (1 at first). */
  instances: number | undefined
}
