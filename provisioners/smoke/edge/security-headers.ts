import { isLocalName } from '../http/lookup.ts'
import { expect } from '../types.ts'
import { ask, type Step } from '../visit.ts'
import { headerFaults } from './header-faults.ts'

/** On a page and on an answer of the API, found or not. */
const paths = ['/', '/api/catalog/books?limit=1', '/api/no-such-service']

export const securityHeaders: Step = {
  name: 'security headers',
  needs: ['certificate'],
  async run(visit) {
    const least = isLocalName(visit.origin.hostname) ? 300 : 86_400
    for (const path of paths) {
      const { headers } = await ask(visit, { path })
      const faults = headerFaults(headers, least)
      expect(faults.length === 0, `${path}: ${faults.join('; ')}.`)
    }
    return 'HSTS, CSP, nosniff, referrer, opener, frames, cookies'
  },
}
