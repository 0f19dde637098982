import { randomUUID } from 'node:crypto'
import type { Handler, Inquiry, Reply } from './edge.ts'

interface User {
  id: string
  email: string
  password: string
  name: string
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of the contract, read where they are used
type Body = any

/** What a fake shop holds, for a test to look at. */
export interface FakeShop {
  handler: Handler
  users: Map<string, User>
  books: Map<string, Body>
  orders: Map<string, Body>
}

interface Call extends Inquiry {
  url: URL
  json: Body
  user: User | undefined
  /** Of the path: the part that is an id. */
  id: string
}

type Route = [method: string, path: RegExp, handle: (call: Call) => Reply]

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  body: body === undefined ? '' : JSON.stringify(body),
})
const problem = (status: number, code: string) => json(status, { title: code, status, code })

/** The REST contract in memory, as far as the journey goes. The journey itself is its contract test: it holds for the real shop too. */
export function fakeShop(): FakeShop {
  const users = new Map<string, User>()
  const sessions = new Map<string, string>()
  const books = new Map<string, Body>()
  const orders = new Map<string, Body>()
  const carts = new Map<string, Body>()
  const replies = new Map<string, Reply>()

  const once = (call: Call, make: () => Reply): Reply => {
    const key = call.headers['idempotency-key']
    if (!key) return problem(400, 'idempotency-key-missing')
    const reply = replies.get(key) ?? make()
    replies.set(key, reply)
    return reply
  }
  const own = (order: Body, status: string) => {
    order.status = status
    order.timeline.push({ status, at: new Date().toISOString() })
    return order
  }

  const priced = (line: Body) => ({ ...line, unitPrice: books.get(line.bookId)?.price })

  function placeOrder({ json: body }: Call): Reply {
    const book = books.get(body.lines[0].bookId)
    if (!book || book.stock < 1) return problem(409, 'out-of-stock')
    book.stock -= 1
    const total = { amount: book.price.amount + 500, currency: 'USD' }
    const order = { id: randomUUID(), status: 'reserved', lines: body.lines, total, timeline: [{ status: 'reserved' }] }
    orders.set(order.id, order)
    return json(201, order)
  }

  function cancelOrder({ id }: Call): Reply {
    const order = orders.get(id)
    const book = books.get(order.lines[0].bookId)
    if (book) book.stock += 1
    return json(200, own(order, order.status === 'paid' ? 'refunded' : 'cancelled'))
  }

  const open: Route[] = [
    ['GET', /^\/$/, ({ headers }) => homePage(headers['accept-language'] ?? 'es')],
    [
      'POST',
      /^\/api\/auth\/register$/,
      ({ json: { email, password, name } }) => {
        const user = { id: randomUUID(), email, password, name }
        users.set(email, user)
        return json(201, { id: user.id, email, name, roles: [] })
      },
    ],
    [
      'POST',
      /^\/api\/auth\/login$/,
      ({ json: { email, password } }) => {
        const user = users.get(email)
        if (user?.password !== password) return problem(401, 'wrong-credentials')
        const accessToken = randomUUID()
        sessions.set(accessToken, email)
        return json(200, { accessToken, refreshToken: `r-${accessToken}`, expiresIn: 300 })
      },
    ],
    [
      'POST',
      /^\/api\/auth\/refresh$/,
      ({ json: { refreshToken } }) =>
        sessions.has(refreshToken.slice(2)) ? json(200, {}) : problem(401, 'session-over'),
    ],
    [
      'GET',
      /^\/api\/catalog\/books$/,
      ({ url, user }) => {
        if (url.searchParams.get('seller') === 'me' && !user) return problem(401, 'unauthenticated')
        const wanted = url.searchParams.get('q') ?? ''
        return json(200, { items: [...books.values()].filter((book) => book.title.includes(wanted)), next: null })
      },
    ],
    [
      'GET',
      /^\/api\/catalog\/books\/([\w-]+)$/,
      ({ id }) => (books.has(id) ? json(200, books.get(id)) : problem(404, 'not-found')),
    ],
    [
      'GET',
      /^\/api\/sales\/delivery-providers$/,
      () =>
        json(200, {
          items: [{ id: 'post', name: 'Post', coverage: 'worldwide', price: { amount: 500, currency: 'USD' } }],
        }),
    ],
  ]

  const guarded: Route[] = [
    ['GET', /^\/api\/auth\/me$/, ({ user }) => json(200, user)],
    [
      'POST',
      /^\/api\/auth\/logout$/,
      ({ headers }) => {
        sessions.delete(tokenOf(headers))
        return json(204, undefined)
      },
    ],
    [
      'DELETE',
      /^\/api\/auth\/me$/,
      ({ user }) => {
        users.delete(user?.email ?? '')
        return json(204, undefined)
      },
    ],
    [
      'POST',
      /^\/api\/catalog\/books$/,
      ({ json: body }) => {
        const book = { ...body, id: randomUUID() }
        books.set(book.id, book)
        return json(201, book)
      },
    ],
    [
      'DELETE',
      /^\/api\/catalog\/books\/([\w-]+)$/,
      ({ id }) => (books.delete(id) ? json(204, undefined) : problem(404, 'not-found')),
    ],
    [
      'PUT',
      /^\/api\/sales\/cart$/,
      ({ json: body, user }) => {
        carts.set(user?.email ?? '', { lines: body.lines.map(priced) })
        return json(200, body)
      },
    ],
    ['GET', /^\/api\/sales\/cart$/, ({ user }) => json(200, carts.get(user?.email ?? '') ?? { lines: [] })],
    ['POST', /^\/api\/sales\/orders$/, (call) => once(call, () => placeOrder(call))],
    ['GET', /^\/api\/sales\/orders$/, () => json(200, { items: [...orders.values()], next: null })],
    ['GET', /^\/api\/sales\/orders\/([\w-]+)$/, ({ id }) => json(200, orders.get(id))],
    [
      'POST',
      /^\/api\/sales\/orders\/([\w-]+)\/payment$/,
      (call) =>
        once(call, () =>
          json(
            200,
            Object.assign(own(orders.get(call.id), 'paid'), {
              delivery: { status: 'scheduled', provider: { name: 'Post' } },
            }),
          ),
        ),
    ],
    ['POST', /^\/api\/sales\/orders\/([\w-]+)\/cancel$/, cancelOrder],
  ]

  const handler: Handler = async (inquiry) => {
    const url = new URL(inquiry.path, 'https://fake')
    const user = users.get(sessions.get(tokenOf(inquiry.headers)) ?? '')
    const matches = ([method, path]: Route) => method === inquiry.method && path.test(url.pathname)
    const route = open.find(matches) ?? guarded.find(matches)
    if (!route) return problem(404, 'not-found')
    if (guarded.includes(route) && !user) return problem(401, 'unauthenticated')
    const id = route[1].exec(url.pathname)?.[1] ?? ''
    return route[2]({ ...inquiry, url, user, id, json: inquiry.body === '' ? undefined : JSON.parse(inquiry.body) })
  }
  return { handler, users, books, orders }
}

function homePage(language: string): Reply {
  const body = `<!doctype html><html lang="${language}"><title>Shop</title>`
  return { status: 200, headers: { 'content-type': 'text/html' }, body }
}

const tokenOf = (headers: Record<string, string>) => (headers.authorization ?? '').replace('Bearer ', '')
