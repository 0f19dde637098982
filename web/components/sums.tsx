import type { Money } from '../i18n/format.ts'
import { useView } from './view.ts'

export interface SumLine {
  title: string
  quantity: number
  price: Money | null
}

export interface SumsProps {
  lines: readonly SumLine[]
  /** Left out while they are not known. */
  shipping?: Money
  total?: Money | null
  /** Of the lines, while the delivery is being chosen: a script then says what that makes. */
  subtotal?: Money
}

/** Shown and filled by a script, since no other part of the page knows what is chosen. */
function ToBeChosen({ subtotal }: { subtotal: Money }) {
  const { t, money } = useView()
  return (
    <>
      <div class="sum-sub">
        <dt>{t.cart.subtotal}</dt>
        <dd>{money(subtotal)}</dd>
      </div>
      <div data-sum="shipping" hidden>
        <dt>{t.checkout.shipping}</dt>
        <dd />
      </div>
      <div class="sum-total" data-sum="total" hidden>
        <dt>{t.checkout.total}</dt>
        <dd />
      </div>
    </>
  )
}

/** What an order is made of, with its sums. */
export function Sums({ lines, shipping, total, subtotal }: SumsProps) {
  const { t, money } = useView()
  return (
    <dl class="sums">
      {lines.map(({ title, quantity, price }, index) => (
        <div key={index}>
          <dt>
            {quantity > 1 && `${quantity} × `}
            {title}
          </dt>
          <dd>{price && money({ ...price, amount: price.amount * quantity })}</dd>
        </div>
      ))}
      {shipping && (
        <div>
          <dt>{t.checkout.shipping}</dt>
          <dd>{shipping.amount === 0 ? t.checkout.free : money(shipping)}</dd>
        </div>
      )}
      {subtotal && <ToBeChosen subtotal={subtotal} />}
      {total && (
        <div class="sum-total">
          <dt>{t.checkout.total}</dt>
          <dd>{money(total)}</dd>
        </div>
      )}
    </dl>
  )
}
