import type { Visit } from '../app/visit.ts'
import { plainAddress, readAddress } from '../forms/address.ts'
import type { Checks } from '../forms/checks.ts'
import type { Form } from '../forms/form.ts'
import { addAddress, listAddresses, type SavedAddress } from '../gateway/addresses.ts'
import { ApiProblem } from '../gateway/api.ts'
import type { Address } from '../gateway/sales.ts'

/** The address book, a convenience: without it the address is written by hand. */
export async function savedAddresses(visit: Visit): Promise<SavedAddress[]> {
  try {
    return await listAddresses(visit.api)
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) throw error
    visit.log.warn({ err: error }, 'the address book cannot be read')
    return []
  }
}

/** Where the order goes. One that has been deleted meanwhile is an error beside the choice, in `checks`. */
export async function chosenAddress(visit: Visit, form: Form, checks: Checks): Promise<Address> {
  const choice = form.text('address')
  if (choice === '' || choice === 'new') return readAddress(checks)
  const found = (await savedAddresses(visit)).find(({ id }) => id === choice)
  if (found) return plainAddress(found)
  checks.errors.address = visit.t.errors.choose
  return { name: '', street: '', city: '', region: '', postalCode: '', country: '' }
}

/** Puts the address of an order that stands into the book, when the form asks for it. What goes wrong stops nobody. */
export async function keepAddress(visit: Visit, form: Form, address: Address): Promise<void> {
  const choice = form.text('address')
  if (form.text('keep') !== 'yes' || (choice !== '' && choice !== 'new')) return
  try {
    // An address book says everything once, also when two tabs buy at the same time: the service sees to it.
    await addAddress(visit.api, address)
  } catch (error) {
    visit.log.info({ err: error }, 'the address was not saved')
  }
}
