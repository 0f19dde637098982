import { Moment } from '../components/moment.tsx'
import { useView } from '../components/view.ts'
import type { Order, Status } from '../gateway/sales.ts'
import { AddressLines } from './address-lines.tsx'

const paid: ReadonlySet<Status> = new Set(['paid', 'shipped', 'delivered', 'refunded'])

/** Of what was paid, also when the money went back. */
export const hasReceipt = ({ status }: Order): boolean => paid.has(status)

function Lines({ order }: { order: Order }) {
  const { t, money } = useView()
  const times = (price: Order['total'], quantity: number) => price && { ...price, amount: price.amount * quantity }
  const sums = [
    [t.order.delivery, order.delivery.price],
    [t.order.total, order.total],
  ] as const
  return (
    <table class="receipt-lines">
      <thead>
        <tr>
          <th scope="col">{t.receipt.book}</th>
          <th scope="col">{t.receipt.copies}</th>
          <th scope="col">{t.receipt.each}</th>
          <th scope="col">{t.receipt.sum}</th>
        </tr>
      </thead>
      <tbody>
        {order.lines.map(({ bookId, title, author, seller, quantity, unitPrice }) => {
          const sum = times(unitPrice, quantity)
          return (
            <tr key={bookId}>
              <th scope="row">
                <span class="receipt-title">{title}</span>
                <span class="hint">{author}</span>
                {seller && <span class="hint">{t.receipt.soldBy(seller.name)}</span>}
              </th>
              <td>{quantity}</td>
              <td>{unitPrice && money(unitPrice)}</td>
              <td>{sum && money(sum)}</td>
            </tr>
          )
        })}
      </tbody>
      <tfoot>
        {sums.map(([name, price]) => (
          <tr key={name}>
            <th scope="row" colSpan={3}>
              {name}
            </th>
            <td>{price && (price.amount === 0 && name === t.order.delivery ? t.checkout.free : money(price))}</td>
          </tr>
        ))}
      </tfoot>
    </table>
  )
}

function Facts({ order }: { order: Order }) {
  const { t } = useView()
  const paidAt = order.timeline.find(({ event }) => event === 'paid')?.at ?? order.createdAt
  return (
    <dl class="receipt-facts">
      <div>
        <dt>{t.receipt.order}</dt>
        <dd>{order.number}</dd>
      </div>
      <div>
        <dt>{t.receipt.date}</dt>
        <dd>
          <Moment at={paidAt} />
        </dd>
      </div>
      <div>
        <dt>{t.receipt.status}</dt>
        <dd>{t.order.statuses[order.status]}</dd>
      </div>
      <div>
        <dt>{t.receipt.buyer}</dt>
        <dd>
          <AddressLines address={order.delivery.address} />
        </dd>
      </div>
    </dl>
  )
}

/** What was paid, to whom and for what: on paper it is all there is. */
export function ReceiptPage({ order }: { order: Order }) {
  const { t, to, shop } = useView()
  return (
    <article class="receipt">
      <p class="receipt-shop">{shop.name}</p>
      {shop.contact && <p class="hint">{shop.contact}</p>}
      <h1>{t.receipt.title(order.number)}</h1>
      <Facts order={order} />
      <Lines order={order} />
      <p class="hint receipt-note">{order.status === 'refunded' ? t.receipt.refunded : t.receipt.paid}</p>
      <div class="actions">
        <button class="button" type="button" data-print hidden>
          {t.receipt.print}
        </button>
        <a class="button quiet" href={to(`/orders/${order.id}`)}>
          {t.receipt.back}
        </a>
      </div>
    </article>
  )
}
