import { AddressFields } from '../components/address-fields.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { SavedAddress } from '../gateway/addresses.ts'
import { AddressLines } from './address-lines.tsx'

function Keep({ state }: { state: FormState }) {
  const { t } = useView()
  return (
    <label class="check">
      <input type="checkbox" name="keep" value="yes" checked={state.values.keep === 'yes'} />
      <span>{t.addresses.keep}</span>
    </label>
  )
}

/**
 * Where the order goes: an address of one's book, or one that is written here. The styles show the fields of the latter
 * when it is chosen.
 */
export function CheckoutAddress({ state, saved }: { state: FormState; saved: readonly SavedAddress[] }) {
  const { t, to } = useView()
  const error = state.errors.address
  if (saved.length === 0)
    return (
      <fieldset>
        <legend>{t.checkout.address}</legend>
        <AddressFields state={state} />
        <Keep state={state} />
      </fieldset>
    )
  const chosen = state.values.address || saved[0]?.id
  return (
    <fieldset id="address" aria-describedby={error && 'address-error'}>
      <legend>{t.checkout.address}</legend>
      {error && (
        <p class="error" id="address-error">
          {error}
        </p>
      )}
      <div class="choices">
        {saved.map((address) => (
          <label class="choice" key={address.id}>
            <input
              type="radio"
              name="address"
              value={address.id}
              checked={chosen === address.id}
              data-country={address.country}
              required
            />
            <span class="choice-text">
              <AddressLines address={address} />
              {address.isDefault && <span class="status">{t.addresses.isDefault}</span>}
            </span>
          </label>
        ))}
        <label class="choice">
          <input type="radio" name="address" value="new" checked={chosen === 'new'} required />
          <span class="choice-name">{t.addresses.another}</span>
        </label>
      </div>
      <div class="form other-address">
        <AddressFields state={state} free />
        <Keep state={state} />
      </div>
      <p class="hint">
        <a href={to('/addresses')}>{t.addresses.manage}</a>
      </p>
    </fieldset>
  )
}
