import { z } from 'zod'
import type { Answer, Call, Client } from '../../kit/client.ts'
import type { OutboxHandler } from '../../kit/outbox.ts'
import { Problem, unavailable } from '../../kit/problem.ts'

const held = z.object({ seconds: z.number().positive() })
const refused = z.object({ code: z.string() })

/** What auth asks sales while it closes an account: docs/decisions/0007-closing-an-account.md. Every call may be repeated. */
export class SalesAccounts {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  #ask(method: Call['method'], path: string, more: Partial<Call> = {}): Promise<Answer> {
    return this.#client.expect({ method, path, ...more })
  }

  /**
   * From now on the user orders and sells nothing new, for as many seconds as it says.
   * @throws Problem 409 `open-orders`, and then nothing is held; 503 without an answer, and then it may be.
   */
  async hold(userId: string, hold: string, requestId: string, signal: AbortSignal): Promise<number> {
    const { status, body } = await this.#ask('PUT', `/accounts/${userId}/holds/${hold}`, { requestId, signal })
    if (status === 409 && refused.safeParse(body).data?.code === 'open-orders') {
      throw new Problem(409, 'open-orders', 'There are open orders', {
        detail: 'An account can be closed when all its orders, bought and sold, are done.',
      })
    }
    const parsed = held.safeParse(body)
    if (status !== 200 || !parsed.success) throw unavailable(`sales answered ${status}.`)
    return parsed.data.seconds
  }

  /** Not told, a hold ends by itself. */
  async release(userId: string, hold: string): Promise<void> {
    await this.#ask('DELETE', `/accounts/${userId}/holds/${hold}`)
  }

  /** The account is closed. Told twice, sales does nothing more; not told, the message stays. */
  readonly tellClosed: OutboxHandler = async ({ subject, requestId }, _tx, signal) => {
    const more = { signal, ...(requestId !== undefined && { requestId }) }
    const { status } = await this.#ask('PUT', `/accounts/${subject}/closed`, more)
    if (status >= 300) throw new Error(`sales answered ${status}`)
  }
}
