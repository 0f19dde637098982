import { showBook } from '../routes/book.tsx'
import { browsePage } from '../routes/browse.tsx'
import { home } from '../routes/home.tsx'
import type { Visit } from './visit.ts'

export interface Route {
  method: 'get' | 'post'
  /** After the language. */
  path: string
  /** Only with a session; without one the visitor is asked to log in and then goes on. */
  account?: boolean
  handle(visit: Visit): Promise<void>
}

/** Every page and every form of the shop. */
export const routes: readonly Route[] = [
  { method: 'get', path: '/', handle: home },
  { method: 'get', path: '/books', handle: browsePage },
  { method: 'get', path: '/books/:id', handle: showBook },
]
