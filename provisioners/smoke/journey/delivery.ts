import { call, promised } from '../api.ts'
import type { Fields } from '../fields.ts'
import { expect } from '../types.ts'
import type { Step, Visit } from '../visit.ts'
import { awaitOrder } from './cancelling.ts'
import { stockOf } from './selling.ts'

/** Milliseconds that the shop's own background work may take to be seen. */
const patienceMs = 10_000

const scheduled: Step = {
  name: 'delivery is scheduled',
  needs: ['pay'],
  async run(visit) {
    const order = await awaitOrder(visit, isScheduled, 'a paid order with its delivery scheduled', patienceMs)
    expect(order.list('timeline').length > 1, 'The order does not show its timeline.')
    return `with ${order.text('delivery.provider.name')}, ${order.text('delivery.status')}`
  },
}

function isScheduled(order: Fields): boolean {
  const paid = ['paid', 'shipped', 'delivered'].includes(order.text('status'))
  return paid && ['scheduled', 'in-transit', 'delivered'].includes(order.text('delivery.status'))
}

const refund: Step = {
  name: 'cancel and refund',
  needs: ['pay'],
  async run(visit) {
    const path = `/sales/orders/${promised(visit.orderId, 'order')}/cancel`
    await call(visit, {
      method: 'POST',
      path,
      as: promised(visit.buyer, 'buyer'),
      expect: [200, 202],
      what: 'the cancelled order',
    })
    await awaitOrder(visit, (order) => order.text('status') === 'refunded', 'a refunded order', patienceMs)
    visit.cleanup.forget('the order')
    await awaitCopy(visit)
    return 'the money and the copy are back'
  },
}

/** The shop gives the copy back behind the answer, as it sends the money. */
async function awaitCopy(visit: Visit): Promise<void> {
  const started = visit.clock.now().getTime()
  for (;;) {
    const back = await stockOf(visit, promised(visit.book, 'book'))
    if (back === 1) return
    const patient = back === 0 && visit.clock.now().getTime() - started <= patienceMs
    expect(patient, `The cancelled copy should be in stock again; ${back} are.`)
    await visit.clock.sleep(250, visit.signal)
  }
}

export const delivery = { scheduled, refund }
