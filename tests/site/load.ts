import { Agent, request } from 'node:https'

export interface LoadReport {
  answered: number
  /** What was no proper answer, by what it was instead: 'ECONNRESET', '503 /es/'. */
  failures: Record<string, number>
  /** Milliseconds that the slowest proper answer took, to its end. */
  slowestMs: number
}

export interface Load {
  /** Answers so far. */
  readonly answered: number
  stop(): Promise<LoadReport>
}

export interface LoadOptions {
  address: string
  host: string
  paths: readonly string[]
  /** Connections that are kept alive and used again and again; nothing is ever asked twice. */
  connections: number
}

/** Shoppers who never sleep, until `stop`. Every answer but a 200, and every error, is a failure. */
export function startLoad({ address, host, paths, connections }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, rejectUnauthorized: false, servername: host })
  const report: LoadReport = { answered: 0, failures: {}, slowestMs: 0 }
  let stopped = false
  const ask = (path: string) =>
    new Promise<void>((resolve) => {
      const began = performance.now()
      const fail = (what: string) => {
        report.failures[what] = (report.failures[what] ?? 0) + 1
        resolve()
      }
      const call = request({ host: address, port: 443, path, headers: { host }, agent, timeout: 60_000 }, (answer) => {
        answer.resume()
        answer.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
        answer.on('end', () => {
          if (answer.statusCode !== 200) return fail(`${answer.statusCode} ${path}`)
          report.answered += 1
          report.slowestMs = Math.max(report.slowestMs, performance.now() - began)
          resolve()
        })
      })
      call.on('timeout', () => call.destroy(Object.assign(new Error('slow'), { code: 'ETIMEDOUT' })))
      call.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
      call.end()
    })
  const shoppers = Array.from({ length: connections }, async (_, number) => {
    for (let turn = number; !stopped; turn++) await ask(paths[turn % paths.length] ?? '/')
  })
  return {
    get answered() {
      return report.answered
    },
    stop: async () => {
      stopped = true
      await Promise.all(shoppers)
      agent.destroy()
      return report
    },
  }
}
