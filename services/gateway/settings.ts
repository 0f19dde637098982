import type { SocketAddress } from '../kit/address.ts'
import { address, commonSettings, type Environment, readSettings } from '../kit/settings.ts'
import { routes } from './routes.ts'

const variableOf = (name: string) => `BOOKSTORE_${name.toUpperCase()}_URL`

export const gatewaySettings = (env: Environment) => readSettings(commonSettings, env)

/** The address of every service of the routing table. @throws SettingsError */
export function serviceAddresses(env: Environment): ReadonlyMap<string, SocketAddress> {
  const shape = Object.fromEntries(routes.map(({ name }) => [variableOf(name), address]))
  const settings = readSettings(shape, env)
  return new Map(routes.map(({ name }) => [name, settings[variableOf(name)] as SocketAddress]))
}
