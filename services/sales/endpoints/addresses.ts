import { z } from 'zod'
import { created, type Endpoint, endpoint, noContent, ok, principalOf } from '../../kit/endpoint.ts'
import { addAddress, changeAddress, removeAddress } from '../logic/addresses.ts'
import type { Sales } from '../logic/context.ts'
import { listAddresses } from '../repositories/addresses.ts'
import { addressBody, addressesView, savedAddressView } from '../schemas.ts'

const params = z.object({ id: z.uuid().toLowerCase() })

export function addressEndpoints(sales: Sales): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/sales/addresses',
      summary: 'One’s own address book: the default first, then the newest',
      access: 'bearer',
      responses: { 200: addressesView },
      handle: async (request) => ok({ items: await listAddresses(sales.db, principalOf(request).userId) }),
    }),
    endpoint({
      method: 'post',
      path: '/sales/addresses',
      summary: 'Adds an address, unless it is there already; the first one is the default',
      access: 'bearer',
      body: addressBody,
      responses: { 200: savedAddressView, 201: savedAddressView },
      problems: { 409: ['too-many-addresses', 'account-closing'] },
      handle: async (request) => {
        const { address, isNew } = await addAddress(sales, principalOf(request).userId, request.body)
        return isNew ? created(address, `/sales/addresses/${address.id}`) : ok(address)
      },
    }),
    endpoint({
      method: 'put',
      path: '/sales/addresses/:id',
      summary: 'Replaces an address of one’s own',
      access: 'bearer',
      params,
      body: addressBody,
      responses: { 200: savedAddressView },
      problems: { 409: ['account-closing'] },
      handle: async (request) =>
        ok(await changeAddress(sales, principalOf(request).userId, request.params.id, request.body)),
    }),
    endpoint({
      method: 'delete',
      path: '/sales/addresses/:id',
      summary: 'Removes an address of one’s own; after the default, the newest is the default',
      access: 'bearer',
      params,
      responses: { 204: null },
      handle: async (request) => {
        await removeAddress(sales, principalOf(request).userId, request.params.id)
        return noContent()
      },
    }),
  ]
}
