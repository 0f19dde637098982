import { AccountNav } from '../components/account-nav.tsx'
import { Cover } from '../components/cover.tsx'
import { EmptyPage } from '../components/empty-page.tsx'
import { More } from '../components/more.tsx'
import { useView } from '../components/view.ts'
import type { Order } from '../gateway/sales.ts'
import { day } from '../i18n/format.ts'
import { OrderStatus } from './order-status.tsx'

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
        <OrderStatus status={order.status} />
        {order.total && <p class="money">{money(order.total)}</p>}
      </div>
    </li>
  )
}

export function OrdersPage({ orders, next }: { orders: readonly Order[]; next: string | null }) {
  const { t } = useView()
  if (orders.length === 0)
    return (
      <>
        <AccountNav here="/orders" />
        <EmptyPage title={t.order.none} lead={t.order.noneLead} next={['/books', t.cart.toBooks]} />
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
      <More path="/orders" query={{ cursor: next ?? undefined }} text={t.order.more} />
    </>
  )
}
