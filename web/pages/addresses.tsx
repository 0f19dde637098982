import { AccountNav } from '../components/account-nav.tsx'
import { AddressFields, useAddressLabels } from '../components/address-fields.tsx'
import { ErrorSummary } from '../components/form.tsx'
import { Notice, Warning } from '../components/notice.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { SavedAddress } from '../gateway/addresses.ts'
import { AddressLines } from './address-lines.tsx'

function Actions({ address: { id, name, street, isDefault } }: { address: SavedAddress }) {
  const { t, to } = useView()
  const path = to(`/addresses/${id}`)
  return (
    <div class="card-actions">
      <a href={path} aria-label={t.addresses.editOf(name, street)}>
        {t.addresses.edit}
      </a>
      {!isDefault && (
        <form method="post" action={path}>
          <input type="hidden" name="do" value="prefer" />
          <button class="link" type="submit" aria-label={t.addresses.makeDefaultOf(name, street)}>
            {t.addresses.makeDefault}
          </button>
        </form>
      )}
      <form method="post" action={path}>
        <input type="hidden" name="do" value="remove" />
        <button class="link" type="submit" aria-label={t.addresses.removeOf(name, street)}>
          {t.addresses.remove}
        </button>
      </form>
    </div>
  )
}

export interface AddressesProps {
  addresses: readonly SavedAddress[]
  notice: string | undefined
  warning: string | undefined
}

export function AddressesPage({ addresses, notice, warning }: AddressesProps) {
  const { t, to } = useView()
  const none = addresses.length === 0
  return (
    <>
      <AccountNav here="/addresses" />
      <h1>{none ? t.addresses.none : t.addresses.title}</h1>
      <Notice text={notice} />
      <Warning text={warning} />
      {none && <p class="lead">{t.addresses.noneLead}</p>}
      {!none && (
        <ul class="address-cards">
          {addresses.map((address) => (
            <li key={address.id}>
              <AddressLines address={address} />
              {address.isDefault && <p class="status">{t.addresses.isDefault}</p>}
              <Actions address={address} />
            </li>
          ))}
        </ul>
      )}
      <p class="address-add">
        <a class={none ? 'button' : 'button quiet'} href={to('/addresses/new')}>
          {t.addresses.add}
        </a>
      </p>
    </>
  )
}

/** One address, to be written or changed. `path` is where its form goes. */
export function AddressPage({ state, path, isNew }: { state: FormState; path: string; isNew: boolean }) {
  const { t, to } = useView()
  const title = isNew ? t.addresses.addTitle : t.addresses.editTitle
  return (
    <>
      <AccountNav here="/addresses" />
      <h1>{title}</h1>
      <ErrorSummary state={state} labels={useAddressLabels()} />
      <form class="form" method="post" action={to(path)}>
        <AddressFields state={state} />
        <label class="check">
          <input type="checkbox" name="isDefault" value="yes" checked={state.values.isDefault === 'yes'} />
          <span>{t.addresses.useAsDefault}</span>
        </label>
        <div class="actions">
          <button class="button" type="submit">
            {t.addresses.save}
          </button>
          <a class="button quiet" href={to('/addresses')}>
            {t.addresses.back}
          </a>
        </div>
      </form>
    </>
  )
}
