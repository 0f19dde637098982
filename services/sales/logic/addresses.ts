import { randomUUID } from 'node:crypto'
import type { Queryable } from '../../kit/database.ts'
import { notFound, Problem } from '../../kit/problem.ts'
import type { Address, SavedAddress } from '../entities/address.ts'
import {
  deleteAddress,
  insertAddress,
  listAddresses,
  lockAddresses,
  makeDefault,
  updateAddress,
} from '../repositories/addresses.ts'
import type { AddressBody } from '../schemas.ts'
import type { Sales } from './context.ts'
import { mustStay } from './leaving.ts'

/** In one address book. */
const most = 20

/** @throws Problem 404 when there is none, or it is somebody else's: which of the two nobody learns. */
function oneOf(book: readonly SavedAddress[], id: string): SavedAddress {
  const found = book.find((address) => address.id === id)
  if (found) return found
  throw notFound('No such address')
}

const saved = async (tx: Queryable, ownerId: string, id: string) => oneOf(await listAddresses(tx, ownerId), id)

/** The one that says the same, of all but `id`: an address book says everything once. */
function twinOf(book: readonly SavedAddress[], address: Address, id?: string): SavedAddress | undefined {
  const fields = Object.keys(address) as (keyof Address)[]
  return book.find((other) => other.id !== id && fields.every((field) => other[field] === address[field]))
}

async function insertNew(tx: Queryable, ownerId: string, address: Address, inBook: number): Promise<string> {
  if (inBook >= most)
    throw new Problem(409, 'too-many-addresses', 'The address book is full', { detail: `It holds ${most} addresses.` })
  const id = randomUUID()
  await insertAddress(tx, id, ownerId, address)
  return id
}

export interface Added {
  address: SavedAddress
  /** False when it was in the book already. */
  isNew: boolean
}

/**
 * Adds an address, unless the book has it. The first is the default, whatever it says of itself.
 * @throws Problem 409 `too-many-addresses` or `account-closing`.
 */
export function addAddress({ db }: Sales, ownerId: string, body: AddressBody): Promise<Added> {
  const { isDefault = false, ...address } = body
  return db.transaction(async (tx) => {
    await mustStay(tx, ownerId)
    const book = await lockAddresses(tx, ownerId)
    const twin = twinOf(book, address)
    const id = twin?.id ?? (await insertNew(tx, ownerId, address, book.length))
    if (isDefault || book.length === 0) await makeDefault(tx, ownerId, id)
    return { address: await saved(tx, ownerId, id), isNew: twin === undefined }
  })
}

/** Which address is the default once one of them has said what it wants to be. Undefined: nothing changes. */
function nextDefault(
  book: readonly SavedAddress[],
  { id, isDefault: was }: Pick<SavedAddress, 'id' | 'isDefault'>,
  wanted: boolean | undefined,
): string | undefined {
  if (wanted === undefined || wanted === was) return undefined
  return wanted ? id : book.find((other) => other.id !== id)?.id
}

/**
 * Replaces an address. Without `isDefault` it stays what it is; a default that no longer wants to be hands over to the
 * newest of the others, and stays when there is none. Another one that says the same from now on becomes one with it.
 * @throws Problem 404, 409 `account-closing`.
 */
export function changeAddress({ db }: Sales, ownerId: string, id: string, body: AddressBody): Promise<SavedAddress> {
  const { isDefault, ...address } = body
  return db.transaction(async (tx) => {
    await mustStay(tx, ownerId)
    const book = await lockAddresses(tx, ownerId)
    const before = oneOf(book, id)
    const twin = twinOf(book, address, id)
    const others = book.filter((other) => other !== twin)
    await updateAddress(tx, id, address)
    if (twin) await deleteAddress(tx, twin.id)
    const was = before.isDefault || twin?.isDefault === true
    const next = nextDefault(others, { id, isDefault: was }, isDefault) ?? (twin?.isDefault ? id : undefined)
    if (next !== undefined) await makeDefault(tx, ownerId, next)
    return saved(tx, ownerId, id)
  })
}

/** Removes an address. After the default, the newest of the others is the default. @throws Problem 404. */
export async function removeAddress({ db }: Sales, ownerId: string, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const book = await lockAddresses(tx, ownerId)
    const next = nextDefault(book, oneOf(book, id), false)
    await deleteAddress(tx, id)
    if (next !== undefined) await makeDefault(tx, ownerId, next)
  })
}
