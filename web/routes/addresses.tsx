import { notFoundHere } from '../app/errors.ts'
import { goTo, sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { addressFields, plainAddress, readAddress } from '../forms/address.ts'
import { Checks } from '../forms/checks.ts'
import { type Form, readForm } from '../forms/form.ts'
import { blankForm, type FormState, hasErrors, refusedFields, typed } from '../forms/state.ts'
import { addAddress, changeAddress, listAddresses, removeAddress, type SavedAddress } from '../gateway/addresses.ts'
import { ApiProblem } from '../gateway/api.ts'
import type { Address } from '../gateway/sales.ts'
import { AddressesPage, AddressPage } from '../pages/addresses.tsx'

function noticeOf({ t, query }: Visit): string | undefined {
  const said: Readonly<Record<string, string>> = {
    saved: t.addresses.saved,
    removed: t.addresses.removed,
    preferred: t.addresses.preferred,
  }
  const done = query.get('done') ?? ''
  return Object.hasOwn(said, done) ? said[done] : undefined
}

export async function addressesPage(visit: Visit): Promise<void> {
  const { t, query } = visit
  const props = {
    addresses: await listAddresses(visit.api),
    notice: noticeOf(visit),
    warning: query.get('done') === 'full' ? t.addresses.full : undefined,
  }
  await sendPage(visit, { kind: 'addresses', title: t.addresses.title, body: <AddressesPage {...props} /> })
}

/** @param id of the address that is changed; undefined for a new one. */
async function showForm(visit: Visit, id: string | undefined, state: FormState, status = 200): Promise<void> {
  const { addTitle, editTitle } = visit.t.addresses
  await sendPage(visit, {
    kind: 'address',
    title: id === undefined ? addTitle : editTitle,
    status,
    body: <AddressPage state={state} path={`/addresses/${id ?? 'new'}`} isNew={id === undefined} />,
  })
}

export async function newAddressPage(visit: Visit): Promise<void> {
  await showForm(visit, undefined, blankForm({ name: visit.session?.name ?? '' }))
}

/** The address of this page. Somebody else's is not there. */
async function ownAddress(visit: Visit): Promise<SavedAddress> {
  const id = String(visit.context.params.id)
  const found = isId(id) && (await listAddresses(visit.api)).find((address) => address.id === id)
  if (!found) throw notFoundHere()
  return found
}

export async function addressPage(visit: Visit): Promise<void> {
  const { id, isDefault, ...address } = await ownAddress(visit)
  await showForm(visit, id, blankForm({ ...address, ...(isDefault && { isDefault: 'yes' }) }))
}

/** Reads the form and gives the address to `store`; what is wrong with it is shown beside its fields. */
async function take(
  visit: Visit,
  form: Form,
  id: string | undefined,
  store: (address: Address & { isDefault: boolean }) => Promise<void>,
): Promise<void> {
  const checks = new Checks(form, visit.t, visit.lang)
  const address = { ...readAddress(checks), isDefault: form.text('isDefault') === 'yes' }
  const values = typed(form, [...addressFields, 'isDefault'])
  if (hasErrors(checks.errors)) return showForm(visit, id, { values, errors: checks.errors }, 422)
  try {
    await store(address)
    goTo(visit, '/addresses', { done: 'saved' })
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.code === 'too-many-addresses') return goTo(visit, '/addresses', { done: 'full' })
    if (error.status !== 422) throw error
    const errors = refusedFields(error, addressFields, visit.t)
    const general = hasErrors(errors) ? undefined : visit.t.errors.general
    await showForm(visit, id, { values, errors, general }, 422)
  }
}

export async function saveNewAddress(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  await take(visit, form, undefined, (address) => addAddress(visit.api, address))
}

export async function saveAddress(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const saved = await ownAddress(visit)
  const action = form.text('do')
  if (action === 'remove') {
    await removeAddress(visit.api, saved.id)
    return goTo(visit, '/addresses', { done: 'removed' })
  }
  if (action === 'prefer') {
    await changeAddress(visit.api, saved.id, { ...plainAddress(saved), isDefault: true })
    return goTo(visit, '/addresses', { done: 'preferred' })
  }
  await take(visit, form, saved.id, (address) => changeAddress(visit.api, saved.id, address))
}
