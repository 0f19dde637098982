import { connect } from 'node:tls'
import { Agent, request } from 'undici'
import { until } from '../lab/box/until.ts'

/** Somebody whose computer took one of several addresses of the shop, and looks at its certificate. */
export class ShopperAt {
  readonly #agent: Agent
  readonly #address: string
  readonly #domain: string

  /** @param ca PEM of the shop's authority. */
  constructor(address: string, domain: string, ca: string) {
    this.#address = address
    this.#domain = domain
    this.#agent = new Agent({ connect: { ca, servername: domain, timeout: 5_000 }, headersTimeout: 20_000 })
  }

  async ask(path: string, options: { method?: 'GET' | 'POST' | 'PUT'; token?: string; body?: unknown } = {}) {
    const { method = 'GET', token, body } = options
    const answer = await request(`https://${this.#address}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        host: this.#domain,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': body instanceof Uint8Array ? 'image/png' : 'application/json' }),
      },
      body: body === undefined ? null : body instanceof Uint8Array ? body : JSON.stringify(body),
    })
    const content = Buffer.from(await answer.body.arrayBuffer())
    return { status: answer.statusCode, content, json: () => JSON.parse(content.toString()) }
  }

  /** Waits for the answer, as after something was switched on. */
  async reaches(path: string): Promise<void> {
    const there = async () => (await this.ask(path).catch(() => undefined))?.status === 200
    await until(`${path} at ${this.#address}`, there, { forMs: 60_000 })
  }

  /** SHA-256 of the certificate that is shown there. */
  shown(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.#address, port: 443, servername: this.#domain, rejectUnauthorized: false })
      socket.once('secureConnect', () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
        socket.destroy()
      })
      socket.once('error', reject)
    })
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }
}
