import { showLocalTimes } from './clock.ts'
import { announce, fetchPage } from './page.ts'

const firstMs = 1_500
const slowestMs = 15_000

/** While the bank has not answered, or a parcel is on its way, the order's page keeps itself fresh. */
export function followOrder(): void {
  const order = document.getElementById('order')
  if (!order?.dataset.follow) return
  let wait = firstMs
  const look = async () => {
    const ours = document.getElementById('order')
    if (!ours?.dataset.follow) return
    if (document.visibilityState === 'visible') {
      const answer = await fetchPage(location.pathname)
      const theirs = answer?.page.getElementById('order')
      if (theirs && theirs.dataset.status !== ours.dataset.status) {
        ours.replaceWith(document.adoptNode(theirs))
        showLocalTimes()
        announce(theirs.querySelector('.timeline .now, .timeline .done:last-child')?.textContent ?? '')
        wait = firstMs
      }
    }
    wait = Math.min(slowestMs, wait * 1.4)
    setTimeout(look, wait)
  }
  setTimeout(look, wait)
}
