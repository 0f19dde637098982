import { ErrorSummary } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { PostLink } from '../components/post-form.tsx'
import { Steps } from '../components/steps.tsx'
import { Sums } from '../components/sums.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { Order } from '../gateway/sales.ts'
import { AddressLines } from './address-lines.tsx'

/** Tokens of the payment simulator, the plain one first. */
export const cardTokens = ['tok_ok', 'tok_declined', 'tok_slow', 'tok_lost', 'tok_twice'] as const

export interface PayProps {
  order: Order
  state: FormState
  /** Idempotency key of this payment. */
  paymentKey: string
}

function Cards({ state }: { state: FormState }) {
  const { t } = useView()
  const chosen = state.values.card ?? cardTokens[0]
  return (
    <fieldset id="card" aria-describedby="card-hint">
      <legend>{t.pay.card}</legend>
      <p class="hint" id="card-hint">
        {t.pay.cardHint}
      </p>
      <div class="choices">
        {cardTokens.map((token) => (
          <label class="choice" key={token}>
            <input type="radio" name="card" value={token} checked={token === chosen} required />
            <span class="choice-text">
              <span class="choice-name">{t.pay.cards[token].name}</span>
              <span class="hint">{t.pay.cards[token].hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

export function PayPage({ order, state, paymentKey }: PayProps) {
  const { t, to, money } = useView()
  const { address, provider, price } = order.delivery
  return (
    <>
      <Steps now="pay" />
      <h1>{t.pay.title}</h1>
      <ErrorSummary state={state} labels={{ card: t.pay.card }} />
      <p class="lead">{t.pay.lead}</p>
      {order.expiresAt && (
        <p class="hint">
          <Moment at={order.expiresAt} say={t.order.heldUntil} />
        </p>
      )}
      <div class="checkout checkout-pay">
        <form class="form" id="pay" method="post" action={to(`/orders/${order.id}/pay`)}>
          <input type="hidden" name="key" value={paymentKey} />
          <Cards state={state} />
        </form>
        <aside class="summary" aria-label={t.checkout.summary}>
          <h2>{t.checkout.summary}</h2>
          <Sums
            lines={order.lines.map(({ title, quantity, unitPrice }) => ({
              title: title ?? '',
              quantity,
              price: unitPrice,
            }))}
            shipping={price}
            total={order.total}
          />
          <div>
            <h3>{t.pay.deliverTo}</h3>
            <AddressLines address={address} />
            <p class="hint">
              {t.pay.with} {provider.name}
            </p>
          </div>
          <button class="button" type="submit" form="pay">
            {order.total ? t.pay.submit(money(order.total)) : t.order.pay}
          </button>
          <PostLink action={`/orders/${order.id}/cancel`} hidden={{ back: 'cart' }} text={t.pay.cancel} />
        </aside>
      </div>
    </>
  )
}
