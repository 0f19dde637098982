import { useView } from '../components/view.ts'
import type { Status } from '../gateway/sales.ts'

/** How it stands with an order, in a word or two. */
export function OrderStatus({ status }: { status: Status }) {
  const { t } = useView()
  return <span class={`status pill status-${status}`}>{t.order.statuses[status]}</span>
}
