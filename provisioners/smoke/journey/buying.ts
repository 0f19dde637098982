import { call, promised } from '../api.ts'
import type { Fields } from '../fields.ts'
import { expect } from '../types.ts'
import type { Step, Visit } from '../visit.ts'
import { cancel } from './cancelling.ts'
import { delivery } from './delivery.ts'
import { stockOf } from './selling.ts'

const cart: Step = {
  name: 'cart',
  needs: ['sell a book'],
  async run(visit) {
    const book = promised(visit.book, 'book')
    const lines = [{ bookId: book.id, quantity: 1 }]
    await call(visit, {
      method: 'PUT',
      path: '/sales/cart',
      as: buyerOf(visit),
      body: { lines },
      expect: 200,
      what: 'the cart',
    })
    const kept = await call(visit, { path: '/sales/cart', as: buyerOf(visit), expect: 200, what: 'the cart' })
    const line = kept.list('lines').find((each) => each.text('bookId') === book.id)
    expect(line !== undefined, 'The cart does not keep the book.')
    const { amount } = book.price
    const shown = line.number('unitPrice.amount')
    expect(shown === amount, `The book costs ${amount}, and the cart says ${shown}.`)
    return undefined
  },
}

const order: Step = {
  name: 'order',
  needs: ['sell a book', 'delivery providers'],
  async run(visit) {
    const key = `smoke-${visit.mark}-order`
    visit.cleanup.remember({ what: 'the order', undo: (later) => cancel(later) })
    const first = await placeOrder(visit, key)
    visit.orderId = first.text('id')
    const due = promised(visit.book, 'book').price.amount + promised(visit.provider, 'delivery provider').price.amount
    expect(
      first.number('total.amount') === due,
      `The order costs ${first.number('total.amount')}; book and delivery together cost ${due}.`,
    )
    const again = await placeOrder(visit, key)
    expect(
      again.text('id') === visit.orderId,
      'The same order sent again with its Idempotency-Key became a second order.',
    )
    const left = await stockOf(visit, promised(visit.book, 'book'))
    expect(left === 0, `One copy was offered and ordered, and ${left} are left.`)
    return 'sent twice, made once; none left'
  },
}

const pay: Step = {
  name: 'pay',
  needs: ['order'],
  async run(visit) {
    const key = `smoke-${visit.mark}-payment`
    const first = await sendPayment(visit, key)
    const again = await sendPayment(visit, key)
    expect(sameOrder(first, again), 'The same payment sent again with its Idempotency-Key got another answer.')
    return 'sent twice, the same answer'
  },
}

export const buyingSteps: readonly Step[] = [cart, order, pay, delivery.scheduled, delivery.refund]

const buyerOf = (visit: Visit) => promised(visit.buyer, 'buyer')

function placeOrder(visit: Visit, key: string): Promise<Fields> {
  return call(visit, {
    method: 'POST',
    path: '/sales/orders',
    as: buyerOf(visit),
    key,
    body: {
      lines: [{ bookId: promised(visit.book, 'book').id, quantity: 1 }],
      deliveryProvider: promised(visit.provider, 'delivery provider').id,
      address: addressIn(promised(visit.provider, 'delivery provider').country),
    },
    expect: 201,
    what: 'the order',
  })
}

function addressIn(country: string) {
  return { name: 'Smoke Test', street: 'Calle Mayor 1', city: 'Madrid', region: 'Madrid', postalCode: '28013', country }
}

function sendPayment(visit: Visit, key: string): Promise<Fields> {
  return call(visit, {
    method: 'POST',
    path: `/sales/orders/${promised(visit.orderId, 'order')}/payment`,
    as: buyerOf(visit),
    key,
    body: { method: { type: 'card', token: 'tok_ok' } },
    expect: [200, 202],
    what: 'the paid order',
  })
}

function sameOrder(one: Fields, other: Fields): boolean {
  const facts = (order: Fields) => [order.text('id'), order.text('status'), order.number('total.amount')].join()
  return facts(one) === facts(other)
}
