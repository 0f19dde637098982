import { isLocalName } from '../http/lookup.ts'
import { DoesNotHold } from '../types.ts'
import { ask, type Step } from '../visit.ts'

/** What every page of a shop carries that takes no real payments (web/components/layout.tsx), whatever its language. */
const demoNotice = /<p[^>]*\sclass="demo"/

/**
 * Buying a book must never charge a real card. A shop is believed to have the simulator when the caller says so, when
 * it is on this computer, or when its home page carries the demo notice. Otherwise nothing that writes is tried.
 */
export const demoPayments: Step = {
  name: 'demo payments',
  async run(visit) {
    const { payments = 'detect' } = visit.options
    if (payments === 'simulator') return undefined
    if (payments === 'detect' && isLocalName(visit.origin.hostname)) return 'a shop on this computer'
    if (payments === 'detect' && demoNotice.test((await ask(visit, { path: '/' })).text)) return 'its pages say so'
    throw new DoesNotHold(
      `${visit.origin.host} may take real payments, so nothing is bought there. Look without buying: --read-only. If it has the simulator: --payments simulator.`,
    )
  },
}
