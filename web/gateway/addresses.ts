import { z } from 'zod'
import type { Api } from './api.ts'
import { type Address, address } from './sales.ts'

const savedAddress = address.extend({ id: z.string(), isDefault: z.boolean() })
export type SavedAddress = z.output<typeof savedAddress>

const pathOf = (id: string) => `/sales/addresses/${encodeURIComponent(id)}`

/** The default first, then the newest. */
export async function listAddresses(api: Api): Promise<SavedAddress[]> {
  return (await api.ask('GET', '/sales/addresses', z.object({ items: z.array(savedAddress) }))).body.items
}

/** Without `isDefault` the first is the default, and no other. @throws ApiProblem 409 `too-many-addresses`, 422 */
export async function addAddress(api: Api, wanted: Address & { isDefault?: boolean }): Promise<void> {
  await api.ask('POST', '/sales/addresses', savedAddress, { body: wanted })
}

/** Without `isDefault` it stays what it is. @throws ApiProblem 404, 422 */
export async function changeAddress(api: Api, id: string, wanted: Address & { isDefault?: boolean }): Promise<void> {
  await api.ask('PUT', pathOf(id), savedAddress, { body: wanted })
}

/** @throws ApiProblem 404 */
export async function removeAddress(api: Api, id: string): Promise<void> {
  await api.ask('DELETE', pathOf(id), z.unknown())
}
