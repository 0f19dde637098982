import type { ServiceName, TestShop } from '../support/shop.ts'
import type { Handler, Inquiry, Reply } from './edge.ts'

/** The way NGINX goes: the API to the gateway, everything else to the pages. */
export function handlerOf(shop: TestShop): Handler {
  return async ({ method, path, headers, body }: Inquiry): Promise<Reply> => {
    const service: ServiceName = path.startsWith('/api/') ? 'gateway' : 'web'
    const { connection: _hop, 'content-length': _length, ...passed } = headers
    const answer = await shop.request(service, method, path, {
      headers: { ...passed, 'x-forwarded-for': '192.0.2.7' },
      ...(body === '' ? {} : { body }),
    })
    return { status: answer.status, headers: endToEnd(answer.headers), body: textOf(answer.body) }
  }
}

function endToEnd(headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> {
  const dropped = ['connection', 'keep-alive', 'transfer-encoding', 'content-length']
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && !dropped.includes(entry[0]),
    ),
  )
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))
