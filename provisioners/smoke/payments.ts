import { BookstoreError } from '../engine/errors.ts'
import { isLocalName } from './http/lookup.ts'
import { DoesNotHold } from './types.ts'
import { ask, type Visit } from './visit.ts'

/** What every page of a shop says that takes no real payments (web: the demo notice), in its two languages. */
const demoNotice = /data-payments="simulator"|class="[^"]*\bdemo\b/

/**
 * Buying a book must never charge a real card. A shop is believed to have the simulator when the caller says so, when
 * it is on this computer, or when its home page carries the demo notice.
 * @throws BookstoreError 'payments-not-simulated'. A site that does not answer passes: the checks will say so.
 */
export async function requireSimulator(visit: Visit): Promise<void> {
  const { payments = 'detect' } = visit.options
  if (payments === 'simulator') return
  if (payments === 'detect' && (isLocalName(visit.origin.hostname) || (await seemsSimulated(visit)))) return
  throw new BookstoreError(`${visit.origin.host} may take real payments, and this check would buy a book there.`, {
    code: 'payments-not-simulated',
    fault: 'user',
    hint: 'Check it without buying: bookstore smoke --read-only. If it has the simulator: --payments simulator.',
  })
}

async function seemsSimulated(visit: Visit): Promise<boolean> {
  try {
    return demoNotice.test((await ask(visit, { path: '/' })).text)
  } catch (error) {
    if (error instanceof DoesNotHold) return true
    throw error
  }
}
