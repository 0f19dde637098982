import { writeLines } from '../cart/lines.ts'
import { described, ErrorSummary, SelectField, TextField } from '../components/form.tsx'
import { Warning } from '../components/notice.tsx'
import { Steps } from '../components/steps.tsx'
import { Sums } from '../components/sums.tsx'
import { useView, type View } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { CartLine, Provider } from '../gateway/sales.ts'
import { countries } from '../i18n/countries.ts'
import { type Money, regionName } from '../i18n/format.ts'

export interface CheckoutProps {
  state: FormState
  /** Idempotency key of the order that this form places. */
  orderKey: string
  lines: readonly CartLine[]
  subtotal: Money
  providers: readonly Provider[]
  openOrder: string | undefined
}

const sampleSize = 4

function coverageText({ t, lang }: View, { coverage }: Provider): string {
  if (coverage === 'worldwide') return t.checkout.worldwide
  const names = coverage.map((code) => regionName(lang, code))
  const list = new Intl.ListFormat(lang, { type: 'conjunction' })
  if (names.length <= sampleSize) return t.checkout.days(list.format(names))
  return t.checkout.manyCountries(names.length, names.slice(0, sampleSize).join(', '))
}

function Delivery({ state, providers }: Pick<CheckoutProps, 'state' | 'providers'>) {
  const view = useView()
  const { t, money } = view
  const error = state.errors.deliveryProvider
  return (
    <fieldset {...described(state, 'deliveryProvider', false)} id="deliveryProvider">
      <legend>{t.checkout.delivery}</legend>
      {error && (
        <p class="error" id="deliveryProvider-error">
          {error}
        </p>
      )}
      {providers.length === 0 && <p class="error">{t.checkout.noProviders}</p>}
      <div class="choices">
        {providers.map((provider) => (
          <label
            class="choice"
            key={provider.id}
            data-countries={provider.coverage === 'worldwide' ? undefined : provider.coverage.join(' ')}
          >
            <input
              type="radio"
              name="deliveryProvider"
              value={provider.id}
              checked={state.values.deliveryProvider === provider.id}
              required
            />
            <span class="choice-text">
              <span class="choice-name">{provider.name}</span>
              <span class="hint">{coverageText(view, provider)}</span>
            </span>
            <span class="choice-price">{provider.price.amount === 0 ? t.checkout.free : money(provider.price)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Address({ state }: { state: FormState }) {
  const { t, lang } = useView()
  const options = [{ value: '', text: t.checkout.chooseCountry }, ...countries(lang)]
  return (
    <fieldset>
      <legend>{t.checkout.address}</legend>
      <TextField state={state} name="name" label={t.checkout.name} autocomplete="name" maxLength={120} />
      <TextField state={state} name="street" label={t.checkout.street} autocomplete="street-address" maxLength={200} />
      <div class="field-pair">
        <TextField
          state={state}
          name="postalCode"
          label={t.checkout.postalCode}
          autocomplete="postal-code"
          maxLength={20}
          optional
        />
        <TextField state={state} name="city" label={t.checkout.city} autocomplete="address-level2" maxLength={120} />
      </div>
      <TextField
        state={state}
        name="region"
        label={t.checkout.region}
        autocomplete="address-level1"
        maxLength={120}
        optional
      />
      <SelectField state={state} name="country" label={t.checkout.country} autocomplete="country" options={options} />
    </fieldset>
  )
}

export function CheckoutPage({ state, orderKey, lines, subtotal, providers, openOrder }: CheckoutProps) {
  const { t, to } = useView()
  const labels = {
    name: t.checkout.name,
    street: t.checkout.street,
    city: t.checkout.city,
    region: t.checkout.region,
    postalCode: t.checkout.postalCode,
    country: t.checkout.country,
    deliveryProvider: t.checkout.delivery,
  }
  return (
    <>
      <Steps now="delivery" />
      <h1>{t.checkout.title}</h1>
      <ErrorSummary state={state} labels={labels} />
      <Warning text={openOrder && t.checkout.openOrder}>
        {openOrder && <a href={to(`/orders/${openOrder}/pay`)}>{t.checkout.openOrderLink}</a>}
      </Warning>
      <form class="checkout" method="post" action={to('/checkout')} data-enhance="checkout">
        <div class="form">
          <input type="hidden" name="key" value={orderKey} />
          <input type="hidden" name="lines" value={writeLines(lines)} />
          <input type="hidden" name="shown" value={subtotal.amount} />
          <Address state={state} />
          <Delivery state={state} providers={providers} />
        </div>
        <aside class="summary" aria-label={t.checkout.summary}>
          <h2>{t.checkout.summary}</h2>
          <Sums
            lines={lines.map(({ title, quantity, unitPrice }) => ({ title: title ?? '', quantity, price: unitPrice }))}
            total={subtotal}
          />
          <p class="hint">{t.checkout.next}</p>
          <button class="button" type="submit">
            {t.checkout.submit}
          </button>
        </aside>
      </form>
    </>
  )
}
