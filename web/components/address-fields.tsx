import type { FormState } from '../forms/state.ts'
import { countries } from '../i18n/countries.ts'
import { SelectField, TextField } from './form.tsx'
import { useView } from './view.ts'

/** Names of the fields, for a summary of errors. */
export function useAddressLabels() {
  const { name, street, postalCode, city, region, country } = useView().t.checkout
  return { name, street, postalCode, city, region, country }
}

/**
 * The fields of an address. `free`: they may be left empty, because another address can be chosen instead; the server
 * asks for them when they are meant.
 */
export function AddressFields({ state, free = false }: { state: FormState; free?: boolean }) {
  const { t, lang } = useView()
  const labels = useAddressLabels()
  const options = [{ value: '', text: t.checkout.chooseCountry }, ...countries(lang)]
  const shared = { state, free }
  return (
    <>
      <TextField {...shared} name="name" label={labels.name} autocomplete="name" maxLength={120} />
      <TextField {...shared} name="street" label={labels.street} autocomplete="street-address" maxLength={200} />
      <div class="field-pair field-pair-wide">
        <TextField
          {...shared}
          name="postalCode"
          label={labels.postalCode}
          autocomplete="postal-code"
          maxLength={20}
          optional
        />
        <TextField {...shared} name="city" label={labels.city} autocomplete="address-level2" maxLength={120} />
      </div>
      <TextField
        {...shared}
        name="region"
        label={labels.region}
        autocomplete="address-level1"
        maxLength={120}
        optional
      />
      <SelectField {...shared} name="country" label={labels.country} autocomplete="country" options={options} />
    </>
  )
}
