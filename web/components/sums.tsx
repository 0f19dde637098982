import type { Money } from '../i18n/format.ts'
import { useView } from './view.ts'

export interface SumLine {
  title: string
  quantity: number
  price: Money | null
}

/** What an order is made of, with its sums. `shipping` and `total` are left out while they are not known. */
export function Sums({
  lines,
  shipping,
  total,
}: {
  lines: readonly SumLine[]
  shipping?: Money
  total?: Money | null
}) {
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
      {total && (
        <div class="sum-total">
          <dt>{t.checkout.total}</dt>
          <dd>{money(total)}</dd>
        </div>
      )}
    </dl>
  )
}
