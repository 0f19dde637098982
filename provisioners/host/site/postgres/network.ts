import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { z } from 'zod'
import { BookstoreError } from '../../../engine/errors.ts'

/** How the databases are reached by machines beside their own. */
export const databaseNetwork = z.strictObject({
  /** Of this machine, by which the others know it. */
  address: z.union([z.ipv4(), z.ipv6()]),
  /** Of those others: nobody else may come in. */
  from: z.array(z.union([z.ipv4(), z.ipv6()])).min(1),
  /** Whether they share a database of their own beside those of the services: operations.ts. */
  operations: z.boolean().optional(),
})

export type DatabaseNetwork = z.output<typeof databaseNetwork>

/** PostgreSQL's usual one. */
export const databasePort = 5432

/** 192.0.2.7 as pg_hba.conf takes one address. */
export const alone = (address: string): string => `${address}/${isIPv6(address) ? 128 : 32}`

/** @throws BookstoreError 'address-elsewhere': a server that listens there could not start. */
export function requireOwn(address: string): void {
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map((each) => each.address))
  if (own.includes(address)) return
  throw new BookstoreError(`PostgreSQL cannot listen on ${address}: this machine does not have that address.`, {
    code: 'address-elsewhere',
    fault: 'user',
    hint: `Give the one by which the other machines reach it as vm.machines[].privateAddress. It has: ${own.join(', ')}.`,
  })
}
