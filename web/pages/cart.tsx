import { Shelf } from '../components/book-card.tsx'
import { Cover } from '../components/cover.tsx'
import { EmptyPage } from '../components/empty-page.tsx'
import { Notice, Warning } from '../components/notice.tsx'
import { useView } from '../components/view.ts'
import type { CartLine } from '../gateway/sales.ts'
import type { Book } from '../gateway/schemas.ts'
import type { Money } from '../i18n/format.ts'

export interface CartProps {
  lines: readonly CartLine[]
  subtotal: Money
  notice: string | undefined
  warning: string | undefined
  /** An order that waits to be paid. */
  openOrder: string | undefined
  /** Shown where the cart is empty. */
  instead: readonly Book[]
}

function LineState({ line }: { line: CartLine }) {
  const { t, money } = useView()
  if (line.state === 'gone') return <p class="error">{t.cart.unavailable}</p>
  if (line.state === 'short') return <p class="error">{t.cart.onlyLeft(line.available)}</p>
  if (line.state === 'price-changed' && line.priceWhenAdded && line.unitPrice)
    return <p class="hint">{t.cart.priceChanged(money(line.priceWhenAdded), money(line.unitPrice))}</p>
  return null
}

function Quantity({ line, title }: { line: CartLine; title: string }) {
  const { t } = useView()
  return (
    <>
      <label class="visually-hidden" for={`quantity-${line.bookId}`}>
        {t.cart.quantityOf(title)}
      </label>
      <input
        id={`quantity-${line.bookId}`}
        type="number"
        name={`quantity-${line.bookId}`}
        value={line.quantity}
        min={0}
        max={99}
        inputMode="numeric"
      />
    </>
  )
}

function Line({ line }: { line: CartLine }) {
  const { t, to, money } = useView()
  const title = line.title ?? t.cart.goneTitle
  const total = line.unitPrice && { ...line.unitPrice, amount: line.unitPrice.amount * line.quantity }
  return (
    <li class={line.state === 'gone' ? 'line line-gone' : 'line'}>
      <div class="line-cover">
        <Cover book={{ title, author: line.author ?? '', cover: line.cover }} eager />
      </div>
      <div>
        <h2 class="line-title">{line.title === null ? title : <a href={to(`/books/${line.bookId}`)}>{title}</a>}</h2>
        {line.author && <p class="line-author">{line.author}</p>}
        <LineState line={line} />
      </div>
      <div class="line-row">
        {line.state !== 'gone' && <Quantity line={line} title={title} />}
        <button class="link" type="submit" name="remove" value={line.bookId} aria-label={t.cart.removeOf(title)}>
          {t.cart.remove}
        </button>
        {total && line.state !== 'gone' && <span class="money">{money(total)}</span>}
      </div>
    </li>
  )
}

function OpenOrder({ id }: { id: string | undefined }) {
  const { t, to } = useView()
  return <Warning text={id && t.cart.resume}>{id && <a href={to(`/orders/${id}/pay`)}>{t.cart.resumeLink}</a>}</Warning>
}

function EmptyCart({ openOrder, notice, instead }: CartProps) {
  const { t } = useView()
  const { empty, emptyLead, toBooks } = t.cart
  return (
    <>
      <EmptyPage title={empty} lead={emptyLead} next={['/books', toBooks]} notice={notice}>
        <OpenOrder id={openOrder} />
      </EmptyPage>
      {instead.length > 0 && (
        <section class="others" aria-labelledby="arrivals">
          <div class="section-head">
            <h2 id="arrivals">{t.home.arrivals}</h2>
          </div>
          <Shelf books={instead} />
        </section>
      )}
    </>
  )
}

export function CartPage(props: CartProps) {
  const { t, to, money, user } = useView()
  const { lines, subtotal, notice, warning, openOrder } = props
  if (lines.length === 0) return <EmptyCart {...props} />
  return (
    <>
      <h1>{t.cart.title}</h1>
      <Notice text={notice} />
      <Warning text={warning} />
      <OpenOrder id={openOrder} />
      <form class="basket" id="basket" method="post" action={to('/cart')} data-enhance="basket">
        <div>
          {/* Enter in a quantity presses the first button of a form: this one, not a line's "remove". */}
          <button class="visually-hidden" type="submit" tabIndex={-1} aria-hidden="true">
            {t.cart.update}
          </button>
          <ul>
            {lines.map((line) => (
              <Line key={line.bookId} line={line} />
            ))}
          </ul>
          <p class="basket-tools">
            <button class="button quiet" type="submit">
              {t.cart.update}
            </button>
          </p>
        </div>
        <aside class="summary" aria-label={t.cart.summary}>
          <dl class="sums">
            <div class="sum-total">
              <dt>{t.cart.subtotal}</dt>
              <dd>{money(subtotal)}</dd>
            </div>
          </dl>
          <p class="hint">{t.cart.deliveryLater}</p>
          <button class="button" type="submit" name="go" value="checkout">
            {t.cart.checkout}
          </button>
          {!user && <p class="hint">{t.cart.guest}</p>}
        </aside>
      </form>
    </>
  )
}
