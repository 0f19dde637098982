import type { ComponentChildren } from 'preact'
import { AccountNav } from '../components/account-nav.tsx'
import { Cover } from '../components/cover.tsx'
import { Moment } from '../components/moment.tsx'
import { Notice, Warning } from '../components/notice.tsx'
import { Sums } from '../components/sums.tsx'
import { useView, type View } from '../components/view.ts'
import type { Order, Status } from '../gateway/sales.ts'
import { day } from '../i18n/format.ts'
import { AddressLines } from './address-lines.tsx'
import { OrderStatus } from './order-status.tsx'
import { hasReceipt } from './receipt.tsx'

/** States in which the page may change without the reader doing anything. */
const moving: ReadonlySet<Status> = new Set(['pending', 'paying', 'paid', 'shipped'])
const cancellable: ReadonlySet<Status> = new Set(['reserved', 'paid'])

/** What is still to come after each state, as timeline events. */
const toCome: Readonly<Partial<Record<Status, readonly ('paid' | 'shipped' | 'delivered')[]>>> = {
  pending: ['paid', 'shipped', 'delivered'],
  reserved: ['paid', 'shipped', 'delivered'],
  paying: ['paid', 'shipped', 'delivered'],
  paid: ['shipped', 'delivered'],
  shipped: ['delivered'],
}

const own = (texts: Readonly<Record<string, string>>, key: string | undefined) =>
  key !== undefined && Object.hasOwn(texts, key) ? texts[key] : undefined

/** What the detail of an event means to the buyer. Codes that we do not know say nothing. */
function detailOf({ t }: View, event: string, detail: string | undefined): ComponentChildren {
  if (event === 'cancelled') return own(t.order.reasons, detail)
  return event === 'delivery-scheduled' && detail && <Tracking code={detail} />
}

function Tracking({ code }: { code: string }) {
  const { t } = useView()
  return (
    <>
      {t.order.tracking}: <code>{code}</code>
    </>
  )
}

function Timeline({ order }: { order: Order }) {
  const view = useView()
  const { t } = view
  const known = order.timeline.filter(({ event }) => Object.hasOwn(t.order.events, event))
  const coming = toCome[order.status] ?? []
  return (
    <ol class="timeline">
      {known.map(({ event, at, detail }, index) => (
        <li key={`${event}${at}`} class={index === known.length - 1 && coming.length > 0 ? 'now' : 'done'}>
          <span class="timeline-name">{own(t.order.events, event)}</span>
          {detailOf(view, event, detail) && <span class="timeline-detail">{detailOf(view, event, detail)}</span>}
          <span class="hint">
            <Moment at={at} />
          </span>
        </li>
      ))}
      {coming.map((status) => (
        <li key={status} class="todo">
          {t.order.statuses[status]}
        </li>
      ))}
    </ol>
  )
}

function Actions({ order }: { order: Order }) {
  const { t, to } = useView()
  return (
    <div class="actions">
      {order.status === 'reserved' && (
        <a class="button" href={to(`/orders/${order.id}/pay`)}>
          {t.order.pay}
        </a>
      )}
      {order.status === 'paying' && (
        <a class="button" href={to(`/orders/${order.id}`)}>
          {t.order.refresh}
        </a>
      )}
      {cancellable.has(order.status) && (
        <form method="post" action={to(`/orders/${order.id}/cancel`)}>
          <button class="button quiet" type="submit">
            {t.order.cancel}
          </button>
        </form>
      )}
    </div>
  )
}

function Lines({ order }: { order: Order }) {
  const { t, to, money, lang } = useView()
  return (
    <ul class="rows">
      {order.lines.map(({ bookId, title, author, quantity, unitPrice, shippedAt }) => (
        <li key={bookId}>
          <Cover book={{ title: title ?? '', author: author ?? '' }} />
          <div>
            <p class="line-title">
              <a href={to(`/books/${bookId}`)}>{title}</a>
            </p>
            <p class="line-author">{author}</p>
            {shippedAt && <p class="status">{t.receipt.lineShipped(day(lang, shippedAt))}</p>}
          </div>
          <p class="row-side money">
            {quantity > 1 && `${quantity} × `}
            {unitPrice && money(unitPrice)}
          </p>
        </li>
      ))}
    </ul>
  )
}

export interface OrderProps {
  order: Order
  notice: string | undefined
  warning: string | undefined
}

export function OrderPage({ order, notice, warning }: OrderProps) {
  const { t, to, lang } = useView()
  const { delivery } = order
  const shipped = order.lines.filter(({ shippedAt }) => shippedAt).length
  return (
    <div
      id="order"
      data-status={`${order.status} ${order.timeline.length} ${shipped}`}
      data-follow={moving.has(order.status) ? 'yes' : undefined}
    >
      <AccountNav here="/orders" inside />
      <h1>{t.order.title(order.number)}</h1>
      <p class="order-head">
        {day(lang, order.createdAt)} <OrderStatus status={order.status} />
      </p>
      <Notice text={notice} />
      <Warning text={warning} />
      <div class="order-grid">
        <div class="stack">
          <section aria-labelledby="timeline">
            <h2 id="timeline">{t.order.timeline}</h2>
            {order.status === 'paying' && <p>{t.order.paying}</p>}
            <Timeline order={order} />
            <Actions order={order} />
          </section>
          <section aria-labelledby="books">
            <h2 id="books">{t.order.books}</h2>
            <Lines order={order} />
          </section>
        </div>
        <aside class="summary" aria-label={t.checkout.summary}>
          <h2>{t.checkout.summary}</h2>
          <Sums
            lines={[{ title: t.checkout.books, quantity: 1, price: order.itemsTotal }]}
            shipping={delivery.price}
            total={order.total}
          />
          <div>
            <h3>{t.order.delivery}</h3>
            <AddressLines address={delivery.address} />
            <p class="hint">
              {t.pay.with} {delivery.provider.name}
            </p>
            {delivery.trackingCode && (
              <p class="hint">
                <Tracking code={delivery.trackingCode} />
              </p>
            )}
            {delivery.estimatedOn && order.status !== 'delivered' && (
              <p class="hint">{t.order.expected(day(lang, delivery.estimatedOn))}</p>
            )}
          </div>
          {hasReceipt(order) && (
            <p>
              <a href={to(`/orders/${order.id}/receipt`)}>{t.receipt.open}</a>
            </p>
          )}
        </aside>
      </div>
    </div>
  )
}
