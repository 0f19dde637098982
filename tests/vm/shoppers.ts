import { Agent, type RequestOptions, request } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

const paths = ['/es/', '/api/catalog/books?limit=1']

/** A few shoppers who ask one thing after the other, each over a connection of their own, until they are told to stop. */
export class Shoppers {
  readonly #failures: string[] = []
  readonly #done: Promise<unknown>
  #requests = 0
  #stopped = false

  /** @param address Of the machine, which need not be what the name leads to. */
  constructor(address: string, domain: string) {
    const shoppers = [0, 1, 2, 3].map((number) => this.#shop(address, domain, number))
    this.#done = Promise.all(shoppers)
  }

  /** Resolves with what they have seen. */
  async stop(): Promise<{ requests: number; failures: readonly string[] }> {
    this.#stopped = true
    await this.#done
    return { requests: this.#requests, failures: this.#failures }
  }

  async #shop(host: string, domain: string, number: number): Promise<void> {
    // Whose certificate it is is another question.
    const agent = new Agent({ keepAlive: true, maxSockets: 1, servername: domain, rejectUnauthorized: false })
    const path = paths[number % paths.length] ?? '/'
    while (!this.#stopped) {
      const said = await answerTo({ host, path, agent, headers: { host: domain }, timeout: 20_000 })
      this.#requests += 1
      if (said !== '200') this.#failures.push(`${new Date().toISOString()} ${path}: ${said}`)
      await pause(50)
    }
    agent.destroy()
  }
}

function answerTo(options: RequestOptions): Promise<string> {
  return new Promise((resolve) => {
    const call = request(options, (answer) => {
      answer.on('error', ({ message }) => resolve(message))
      answer.on('end', () => resolve(String(answer.statusCode)))
      answer.resume()
    })
    call.on('timeout', () => call.destroy(new Error('no answer in time')))
    call.on('error', ({ message }) => resolve(message))
    call.end()
  })
}
