import { writeLines } from '../cart/lines.ts'
import { useAddressLabels } from '../components/address-fields.tsx'
import { described, ErrorSummary } from '../components/form.tsx'
import { Warning } from '../components/notice.tsx'
import { useFormTexts } from '../components/post-form.tsx'
import { Steps } from '../components/steps.tsx'
import { Sums } from '../components/sums.tsx'
import { useView, type View } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { SavedAddress } from '../gateway/addresses.ts'
import type { CartLine, Provider } from '../gateway/sales.ts'
import { type Money, regionName } from '../i18n/format.ts'
import { CheckoutAddress } from './checkout-address.tsx'

export interface CheckoutProps {
  state: FormState
  /** Of the buyer's address book. */
  addresses: readonly SavedAddress[]
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
  if (names.length <= sampleSize) return t.checkout.reaches(list.format(names))
  return t.checkout.manyCountries(names.length, names.slice(0, sampleSize).join(', '))
}

function Delivery({ state, providers, subtotal }: Pick<CheckoutProps, 'state' | 'providers' | 'subtotal'>) {
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
        {providers.map((provider) => {
          const { id, name, coverage, price, days } = provider
          const shipping = price.amount === 0 ? t.checkout.free : money(price)
          return (
            <label
              class="choice"
              key={id}
              data-countries={coverage === 'worldwide' ? undefined : coverage.join(' ')}
              data-shipping={shipping}
              data-total={money({ ...subtotal, amount: subtotal.amount + price.amount })}
            >
              <input
                type="radio"
                name="deliveryProvider"
                value={id}
                checked={state.values.deliveryProvider === id}
                required
              />
              <span class="choice-text">
                <span class="choice-name">{name}</span>
                <span class="hint">{t.checkout.arrival(days)}</span>
                <span class="hint">{coverageText(view, provider)}</span>
              </span>
              <span class="money">{shipping}</span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}

export function CheckoutPage({ state, addresses, orderKey, lines, subtotal, providers, openOrder }: CheckoutProps) {
  const { t, to } = useView()
  const labels = {
    address: t.checkout.address,
    ...useAddressLabels(),
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
      <form {...useFormTexts()} class="checkout" method="post" action={to('/checkout')} data-enhance="checkout">
        <div class="form">
          <input type="hidden" name="key" value={orderKey} />
          <input type="hidden" name="lines" value={writeLines(lines)} />
          <input type="hidden" name="shown" value={subtotal.amount} />
          <CheckoutAddress state={state} saved={addresses} />
          <Delivery state={state} providers={providers} subtotal={subtotal} />
        </div>
        <aside class="summary" aria-label={t.checkout.summary}>
          <h2>{t.checkout.summary}</h2>
          <Sums
            lines={lines.map(({ title, quantity, unitPrice }) => ({ title: title ?? '', quantity, price: unitPrice }))}
            subtotal={subtotal}
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
