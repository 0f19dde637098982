import { AccountNav } from '../components/account-nav.tsx'
import { Cover } from '../components/cover.tsx'
import { useView } from '../components/view.ts'
import type { Order } from '../gateway/sales.ts'
import { day } from '../i18n/format.ts'

function Row({ order }: { order: Order }) {
  const { t, to, money, lang } = useView()
  const first = order.lines[0]
  const titles = order.lines.map(({ title }) => title).filter((title) => title !== null)
  return (
    <li>
      <Cover book={{ title: first?.title ?? '', author: first?.author ?? '' }} />
      <div>
        <p class="line-title">
          <a href={to(`/orders/${order.id}`)}>{t.order.title(order.number)}</a>
        </p>
        <p class="line-author">{titles.slice(0, 3).join(' · ')}</p>
        <p class="line-author">{day(lang, order.createdAt)}</p>
      </div>
      <div class="row-side">
        <p class={`status status-${order.status}`}>{t.order.statuses[order.status]}</p>
        {order.total && <p>{money(order.total)}</p>}
      </div>
    </li>
  )
}

export function OrdersPage({ orders, next }: { orders: readonly Order[]; next: string | null }) {
  const { t, to } = useView()
  if (orders.length === 0)
    return (
      <>
        <AccountNav here="/orders" />
        <div class="quiet-page">
          <h1>{t.order.none}</h1>
          <p class="lead">{t.order.noneLead}</p>
          <a class="button" href={to('/books')}>
            {t.cart.toBooks}
          </a>
        </div>
      </>
    )
  return (
    <>
      <AccountNav here="/orders" />
      <h1>{t.order.list}</h1>
      <ul class="rows">
        {orders.map((order) => (
          <Row key={order.id} order={order} />
        ))}
      </ul>
      {next && (
        <nav class="pages" aria-label={t.browse.pages}>
          <a class="button quiet" href={to('/orders', { cursor: next })}>
            {t.order.more}
          </a>
        </nav>
      )}
    </>
  )
}
