import { useView } from './view.ts'

/** Where one stands on the way from cart to order. */
export function Steps({ now }: { now: 'delivery' | 'pay' }) {
  const { t, to } = useView()
  const step = (name: 'delivery' | 'pay') => (now === name ? ('step' as const) : undefined)
  return (
    <nav aria-label={t.checkout.steps}>
      <ol class="steps">
        <li>{now === 'delivery' ? <a href={to('/cart')}>{t.checkout.stepCart}</a> : t.checkout.stepCart}</li>
        <li aria-current={step('delivery')}>{t.checkout.stepDelivery}</li>
        <li aria-current={step('pay')}>{t.checkout.stepPay}</li>
        <li>{t.checkout.stepDone}</li>
      </ol>
    </nav>
  )
}
