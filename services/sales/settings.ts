import { z } from 'zod'
import { address, commonSettings, databaseSettings, type Environment, readSettings } from '../kit/settings.ts'

const seconds = (most: number) => z.coerce.number().min(0.05).max(most)

const shape = {
  ...commonSettings,
  ...databaseSettings,
  BOOKSTORE_AUTH_INTERNAL_URL: address,
  BOOKSTORE_CATALOG_INTERNAL_URL: address,
  BOOKSTORE_PAYMENTS_URL: address,
  BOOKSTORE_CURRENCY: z.string().regex(/^[A-Z]{3}$/),
  /** Between two steps of a courier. */
  BOOKSTORE_COURIER_SECONDS: seconds(86_400).default(300),
  /** How long a buyer waits for the card processor. */
  BOOKSTORE_PAYMENT_PATIENCE_MS: z.coerce.number().int().min(50).max(8_000).default(4_000),
  /** After which an order that nobody reserved books for is given up. */
  BOOKSTORE_ABANDONED_SECONDS: seconds(3_600).default(60),
  /** How long an account orders and sells nothing while somebody tries to close it. */
  BOOKSTORE_HOLD_SECONDS: seconds(3_600).default(60),
}

export type SalesSettings = ReturnType<typeof salesSettings>

/** @throws SettingsError */
export const salesSettings = (env: Environment) => readSettings(shape, env)
