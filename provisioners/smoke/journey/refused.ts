import { promised, status } from '../api.ts'
import { DoesNotHold, expect } from '../types.ts'
import type { Person, Step, Visit } from '../visit.ts'
import { endSession } from './session.ts'

/** Milliseconds within which a logout is felt everywhere. */
const withinMs = 2_000
/** Each service may run eight processes, and each guards by itself: this many refusals in a row come from all of them. */
const roundsInARow = 8
const guardedPaths = ['/auth/me', '/catalog/books?seller=me&limit=1', '/sales/orders?limit=1'] as const

/** After the logout the old tokens open nothing, in no service, within two seconds. */
export const refused: Step = {
  name: 'refused after logout',
  needs: ['log in'],
  async run(visit) {
    const buyer = promised(visit.buyer, 'buyer')
    const session = await endSession(visit, buyer)
    const started = visit.clock.now().getTime()
    const elapsed = () => visit.clock.now().getTime() - started
    await untilRefused(visit, { ...buyer, session }, elapsed)
    const everywhereMs = elapsed()
    const answered = await status(visit, {
      method: 'POST',
      path: '/auth/refresh',
      body: { refreshToken: session.refreshToken },
    })
    expect(answered === 401, `After the logout the refresh token still answered ${answered}, and 401 was expected.`)
    return `everywhere after ${(everywhereMs / 1000).toFixed(1)} s`
  },
}

async function untilRefused(visit: Visit, ghost: Person, elapsed: () => number): Promise<void> {
  for (let row = 0; row < roundsInARow; ) {
    const answers = await Promise.all(guardedPaths.map((path) => status(visit, { path, as: ghost })))
    const open = answers.findIndex((answered) => answered !== 401)
    row = open < 0 ? row + 1 : 0
    if (open < 0) continue
    if (elapsed() > withinMs) {
      const path = `/api${guardedPaths[open]}`
      throw new DoesNotHold(
        `${elapsed()} ms after the logout GET ${path} still answered ${answers[open]}, and 401 was expected.`,
      )
    }
    await visit.clock.sleep(100, visit.signal)
  }
}
