import { AccountNav } from '../components/account-nav.tsx'
import { AddressFields, useAddressLabels } from '../components/address-fields.tsx'
import { EmptyPage } from '../components/empty-page.tsx'
import { ErrorSummary } from '../components/form.tsx'
import { Notice, Warning } from '../components/notice.tsx'
import { PostForm, PostLink } from '../components/post-form.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { SavedAddress } from '../gateway/addresses.ts'
import { AddressLines } from './address-lines.tsx'

function Actions({ address: { id, name, street, isDefault } }: { address: SavedAddress }) {
  const { t, to } = useView()
  const path = `/addresses/${id}`
  return (
    <div class="card-actions">
      <a href={to(path)} aria-label={t.addresses.editOf(name, street)}>
        {t.addresses.edit}
      </a>
      {!isDefault && (
        <PostLink
          action={path}
          hidden={{ do: 'prefer' }}
          text={t.addresses.makeDefault}
          label={t.addresses.makeDefaultOf(name, street)}
        />
      )}
      <PostLink
        action={path}
        hidden={{ do: 'remove' }}
        text={t.addresses.remove}
        label={t.addresses.removeOf(name, street)}
      />
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
  if (addresses.length === 0)
    return (
      <>
        <AccountNav here="/addresses" />
        <EmptyPage
          title={t.addresses.none}
          lead={t.addresses.noneLead}
          next={['/addresses/new', t.addresses.add]}
          notice={notice}
        />
      </>
    )
  return (
    <>
      <AccountNav here="/addresses" />
      <h1>{t.addresses.title}</h1>
      <Notice text={notice} />
      <Warning text={warning} />
      <ul class="address-cards">
        {addresses.map((address) => (
          <li key={address.id}>
            <AddressLines address={address} />
            {address.isDefault && <p class="status">{t.addresses.isDefault}</p>}
            <Actions address={address} />
          </li>
        ))}
      </ul>
      <p class="address-add">
        <a class="button quiet" href={to('/addresses/new')}>
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
      <AccountNav here="/addresses" inside />
      <h1>{title}</h1>
      <ErrorSummary state={state} labels={useAddressLabels()} />
      <PostForm
        action={path}
        submit={t.addresses.save}
        beside={
          <a class="button quiet" href={to('/addresses')}>
            {t.addresses.back}
          </a>
        }
      >
        <AddressFields state={state} />
        <label class="check">
          <input type="checkbox" name="isDefault" value="yes" checked={state.values.isDefault === 'yes'} />
          <span>{t.addresses.useAsDefault}</span>
        </label>
      </PostForm>
    </>
  )
}
