import {
  address,
  commonSettings,
  databaseSettings,
  type Environment,
  readCredential,
  readSettings,
  SettingsError,
} from '../kit/settings.ts'

/** What auth is given, as docs/decisions/0002-process-contract.md has it. */
const shape = {
  ...commonSettings,
  ...databaseSettings,
  BOOKSTORE_CATALOG_INTERNAL_URL: address,
  BOOKSTORE_SALES_INTERNAL_URL: address,
}

export const authSettings = (env: Environment) => readSettings(shape, env)

/**
 * The credential from which auth's keys are made: 32 bytes, in hexadecimal.
 * @throws SettingsError when it has another form.
 */
export function keyMaterial(env: Environment): Buffer {
  const text = readCredential('signing-key-key', env).reveal()
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new SettingsError("Wrong settings. The credential 'signing-key-key' is not 32 bytes in hexadecimal")
  }
  return Buffer.from(text, 'hex')
}
