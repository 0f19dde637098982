import { expect } from '../types.ts'
import { ask, type Step } from '../visit.ts'

/** What a load balancer asks. */
export const health: Step = {
  name: 'health',
  needs: ['certificate'],
  async run(visit) {
    const { status } = await ask(visit, { path: '/healthz' })
    expect(status === 200, `/healthz answered ${status}, and 200 was expected.`)
    return undefined
  },
}
