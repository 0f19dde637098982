import { type ClientRequest, type RequestOptions, request } from 'node:http'
import type { TestShop } from '../support/shop.ts'

/** Where pages are asked for: the socket of a test shop, or the front of a whole site. */
export interface Door {
  siteUrl: string
  knock(options: RequestOptions): ClientRequest
}

const socketDoor = (shop: TestShop): Door => ({
  siteUrl: shop.siteUrl,
  knock: (options) => request({ ...options, socketPath: shop.socket('web') }),
})

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  bytes: Buffer
  /** The path that it leads to. */
  location: string
}

export interface Asking {
  form?: Record<string, string>
  body?: Buffer
  headers?: Record<string, string>
}

/** Somebody who visits the pages: keeps cookies as a browser does, follows nothing by itself. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #door: Door

  constructor(shop: TestShop | Door) {
    this.#door = 'knock' in shop ? shop : socketDoor(shop)
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('GET', path, { headers })
  }

  /** Sends a form as a page of the shop would. */
  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('POST', path, { form, headers: { origin: this.#door.siteUrl, ...headers } })
  }

  ask(method: string, path: string, { form, body, headers = {} }: Asking): Promise<Answer> {
    const bytes = body ?? (form ? Buffer.from(new URLSearchParams(form).toString()) : undefined)
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const options = {
      method,
      path,
      headers: {
        ...(cookie && { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(bytes && { 'content-length': String(bytes.length) }),
        ...headers,
      },
    }
    return new Promise((resolve, reject) => {
      const asked = this.#door.knock(options)
      asked.on('response', async (answer) => {
        const chunks: Buffer[] = []
        for await (const chunk of answer) chunks.push(chunk as Buffer)
        for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line)
        const whole = Buffer.concat(chunks)
        const { statusCode: status = 0, headers: given } = answer
        resolve({ status, headers: given, text: whole.toString('utf8'), bytes: whole, location: given.location ?? '' })
      })
      asked.on('error', reject)
      asked.end(bytes)
    })
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/max-age=0/i.test(line)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

/** The value of a hidden field. */
export function hidden(html: string, name: string): string {
  const tag = new RegExp(`<input[^>]*\\bname="${name}"[^>]*>`).exec(html)?.[0] ?? ''
  const value = /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? ''
  return value.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&')
}
