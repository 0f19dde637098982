import { AccountNav } from '../components/account-nav.tsx'
import { Cover } from '../components/cover.tsx'
import { EmptyPage } from '../components/empty-page.tsx'
import { Moment } from '../components/moment.tsx'
import { More } from '../components/more.tsx'
import { Notice, Warning } from '../components/notice.tsx'
import { useView } from '../components/view.ts'
import type { Shipment, ShipmentState } from '../gateway/shipments.ts'
import { AddressLines } from './address-lines.tsx'

function Tabs({ state }: { state: ShipmentState }) {
  const { t, to } = useView()
  const current = (each: ShipmentState) => (each === state ? ('page' as const) : undefined)
  return (
    <nav class="chips" aria-label={t.sales.states}>
      <a class="chip" href={to('/my-sales')} aria-current={current('to-ship')}>
        {t.sales.toShip}
      </a>
      <a class="chip" href={to('/my-sales', { state: 'shipped' })} aria-current={current('shipped')}>
        {t.sales.shipped}
      </a>
    </nav>
  )
}

function Contents({ shipment }: { shipment: Shipment }) {
  const { t, money } = useView()
  return (
    <div>
      <h3>{t.sales.contents}</h3>
      <ul class="parcel-books">
        {shipment.lines.map(({ bookId, title, author, quantity, unitPrice }) => (
          <li key={bookId}>
            <Cover book={{ title: title ?? '', author: author ?? '' }} />
            <div>
              <p class="line-title">
                {quantity > 1 && `${quantity} × `}
                {title}
              </p>
              <p class="line-author">{author}</p>
              {unitPrice && <p class="money">{money({ ...unitPrice, amount: unitPrice.amount * quantity })}</p>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Parcel({ shipment }: { shipment: Shipment }) {
  const { t, to } = useView()
  const { orderId, number, buyer, paidAt, shippedAt } = shipment
  return (
    <li class="parcel">
      <div class="parcel-head">
        <h2>{t.order.title(number)}</h2>
        <p class="hint">
          <Moment at={shippedAt ?? paidAt} say={shippedAt ? t.sales.shippedAt : t.sales.paidAt} />
        </p>
      </div>
      <Contents shipment={shipment} />
      <div>
        <h3>{t.sales.shipTo}</h3>
        <AddressLines address={buyer.address} />
      </div>
      {!shippedAt && (
        <form class="parcel-do" method="post" action={to(`/my-sales/${orderId}`)}>
          <button class="button" type="submit" aria-label={t.sales.markOf(number)}>
            {t.sales.mark}
          </button>
        </form>
      )}
    </li>
  )
}

function Nothing({ state }: { state: ShipmentState }) {
  const { sales, nav } = useView().t
  const [title, lead] =
    state === 'to-ship' ? [sales.noneToShip, sales.noneToShipLead] : [sales.noneShipped, sales.noneShippedLead]
  return <EmptyPage title={title} lead={lead} next={['/my-books', nav.myBooks]} level={2} />
}

export interface MySalesProps {
  state: ShipmentState
  shipments: readonly Shipment[]
  next: string | null
  notice: string | undefined
  warning: string | undefined
}

export function MySalesPage({ state, shipments, next, notice, warning }: MySalesProps) {
  const { t } = useView()
  return (
    <>
      <AccountNav here="/my-sales" />
      <h1>{t.sales.title}</h1>
      <Notice text={notice} />
      <Warning text={warning} />
      <Tabs state={state} />
      {shipments.length === 0 ? (
        <Nothing state={state} />
      ) : (
        <ul class="parcels">
          {shipments.map((shipment) => (
            <Parcel key={shipment.orderId} shipment={shipment} />
          ))}
        </ul>
      )}
      <More path="/my-sales" query={{ state, cursor: next ?? undefined }} text={t.sales.more} />
    </>
  )
}
