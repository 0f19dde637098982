import { Agent, type RequestOptions, request } from 'node:https'

export interface Idle {
  /** Asks once more on each, and says how that went: '200 on the same connection', '200 on another', 'ECONNRESET'. */
  ask(): Promise<Record<string, number>>
  close(): void
}

/** Connections that were used once and are held open since, as browsers do. */
export async function openIdle(address: string, domain: string, count: number): Promise<Idle> {
  const tls = { rejectUnauthorized: false, servername: domain }
  const agents = Array.from({ length: count }, () => new Agent({ keepAlive: true, maxSockets: 1, ...tls }))
  const where = { host: address, port: 443, path: '/es/', headers: { host: domain }, timeout: 30_000 }
  const ask = async () => {
    const said: Record<string, number> = {}
    for (const answer of await Promise.all(agents.map((agent) => askOn({ ...where, agent }))))
      said[answer] = (said[answer] ?? 0) + 1
    return said
  }
  const close = () => {
    for (const agent of agents) agent.destroy()
  }
  const first = await ask()
  if (first['200 on another'] === count) return { ask, close }
  close()
  throw new Error(`the shop did not answer at first: ${JSON.stringify(first)}`)
}

function askOn(options: RequestOptions): Promise<string> {
  return new Promise((resolve) => {
    const call = request(options, (answer) => {
      answer.resume()
      answer.on('end', () =>
        resolve(`${answer.statusCode} on ${call.reusedSocket ? 'the same connection' : 'another'}`),
      )
      answer.on('error', (error) => resolve(error.message))
    })
    call.on('timeout', () => call.destroy(Object.assign(new Error('slow'), { code: 'ETIMEDOUT' })))
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    call.end()
  })
}
