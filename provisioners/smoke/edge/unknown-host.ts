import type { Answer, Ask } from '../http/client.ts'
import { DoesNotHold, expect } from '../types.ts'
import { ask, type Step, type Visit } from '../visit.ts'
import { plainOrigin } from './redirect.ts'

const foreign = 'not-this-shop.invalid'

/**
 * A name that is not the shop's gets nothing of it: no page, and no redirect that takes the name over (that would
 * poison caches and links). A cut connection, or any 4xx, is a refusal.
 */
export const unknownHost: Step = {
  name: 'unknown host',
  needs: ['certificate'],
  async run(visit) {
    const overTls = await answerTo(visit, { path: '/', headers: { host: foreign }, servername: visit.origin.hostname })
    expect(
      isRefusal(overTls),
      `Asked for the host ${foreign} over https, the site answers ${overTls?.status} instead of refusing.`,
    )
    const plain = await answerTo(visit, { path: `${plainOrigin(visit)}/`, headers: { host: foreign } })
    const location = plain?.headers.location ?? ''
    expect(
      !location.includes(foreign),
      `Over plain http the site takes over a foreign host name and sends to ${location}.`,
    )
    return overTls ? `refused with ${overTls.status}` : 'refused, the connection is cut'
  },
}

function isRefusal(answer: Answer | undefined): boolean {
  return answer === undefined || (answer.status >= 400 && answer.status < 500)
}

async function answerTo(visit: Visit, request: Omit<Ask, 'signal'>): Promise<Answer | undefined> {
  try {
    return await ask(visit, request)
  } catch (error) {
    if (error instanceof DoesNotHold) return undefined
    throw error
  }
}
