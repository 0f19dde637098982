import { type Queryable, statement } from '../../kit/database.ts'
import type { Address, SavedAddress } from '../entities/address.ts'

const owner = statement('addresses-owner', 'select pg_advisory_xact_lock(hashtextextended($1, 2))')
const ofOwner = statement(
  'addresses-of-owner',
  `select id, address, is_default as "isDefault" from addresses where owner_id = $1
   order by is_default desc, created_at desc, id desc`,
)
const insert = statement('address-insert', 'insert into addresses (id, owner_id, address) values ($1, $2, $3)')
const update = statement('address-update', 'update addresses set address = $2 where id = $1')
const removeAll = statement('addresses-delete', 'delete from addresses where owner_id = $1')
const remove = statement('address-delete', 'delete from addresses where id = $1')
const clearDefault = statement(
  'address-default-clear',
  'update addresses set is_default = false where owner_id = $1 and is_default and id <> $2',
)
const setDefault = statement(
  'address-default-set',
  'update addresses set is_default = true where owner_id = $1 and id = $2 and not is_default',
)

interface Row {
  id: string
  address: Address
  isDefault: boolean
}

const toSaved = ({ id, address, isDefault }: Row): SavedAddress => ({ id, ...address, isDefault })

/** The owner's addresses: the default first, then the newest. */
export async function listAddresses(db: Queryable, ownerId: string): Promise<SavedAddress[]> {
  return (await db.rows<Row>(ofOwner, [ownerId])).map(toSaved)
}

/** As `listAddresses`, and whoever changes any of them waits until the transaction ends. */
export async function lockAddresses(tx: Queryable, ownerId: string): Promise<SavedAddress[]> {
  await tx.rows(owner, [ownerId])
  return listAddresses(tx, ownerId)
}

export async function insertAddress(tx: Queryable, id: string, ownerId: string, address: Address): Promise<void> {
  await tx.count(insert, [id, ownerId, JSON.stringify(address)])
}

export async function updateAddress(tx: Queryable, id: string, address: Address): Promise<void> {
  await tx.count(update, [id, JSON.stringify(address)])
}

export async function deleteAddress(tx: Queryable, id: string): Promise<void> {
  await tx.count(remove, [id])
}

export async function deleteAddressesOf(tx: Queryable, ownerId: string): Promise<void> {
  await tx.count(removeAll, [ownerId])
}

/** Makes one of the owner's addresses, which the transaction holds, their only default. */
export async function makeDefault(tx: Queryable, ownerId: string, id: string): Promise<void> {
  await tx.count(clearDefault, [ownerId, id])
  await tx.count(setDefault, [ownerId, id])
}
