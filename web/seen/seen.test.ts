import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { mostSeen, readSeen, seenCookie, withSeen } from './seen.ts'

const cookieOf = (line: string) => /^__Host-seen=([^;]*);/.exec(line)?.[1]

it('keeps the latest books, each once, the latest first', () => {
  const ids = Array.from({ length: 15 }, () => randomUUID())
  let seen: string[] = []
  for (const id of ids) seen = withSeen(readSeen(cookieOf(seenCookie(seen))), id)
  expect(seen).toEqual(ids.slice(-mostSeen).reverse())
  const again = ids[10] ?? ''
  expect(withSeen(seen, again)[0]).toBe(again)
  expect(withSeen(seen, again)).toHaveLength(mostSeen)
})

it('is small, and read by no script', () => {
  const line = seenCookie(Array.from({ length: 40 }, () => randomUUID()))
  expect(line).toMatch(/; Path=\/; .*Secure; HttpOnly; SameSite=Lax$/)
  expect(line.length).toBeLessThan(400)
})

it('takes whatever a browser sends', () => {
  for (const cookie of [undefined, '', '%%%', 'x', 'A'.repeat(10_000), '\u0000'])
    for (const id of readSeen(cookie)) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(readSeen('A'.repeat(10_000)).length).toBeLessThanOrEqual(mostSeen)
  expect(seenCookie(['no id'])).toContain('Max-Age=0')
})
