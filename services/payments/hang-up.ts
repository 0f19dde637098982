import type { Middleware } from 'koa'
import type { Reply } from '../kit/endpoint.ts'

const mark = 'bookstore-hang-up'

/** A reply that never goes out: its connection is destroyed instead. */
export const hangUpReply = (): Reply => ({ status: 200, headers: { [mark]: '1' } })

/** Outermost middleware that makes good on `hangUpReply`. */
export const hangUp: Middleware = async (context, next) => {
  await next()
  if (!context.response.get(mark)) return
  context.respond = false
  context.req.socket.destroy()
}
