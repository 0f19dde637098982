import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Queryable } from '../../kit/database.ts'
import { tooMany } from '../../kit/problem.ts'
import { addAttempt, findAttempts } from './repository.ts'

/** So many attempts of a kind within a window of time, counted over all instances. */
export interface Limit {
  /** Tells kinds apart: 'login-address'. */
  name: string
  most: number
  seconds: number
}

/** A limit for somebody: one counter. */
export interface Counter {
  key: string
  most: number
  seconds: number
}

/** The counter of those that share `who`. Only a hash is kept: it is short, and names nobody. */
export function counter({ name, most, seconds }: Limit, ...who: readonly string[]): Counter {
  const hash = createHash('sha256')
    .update(JSON.stringify([name, ...who]))
    .digest('base64url')
  return { key: hash, most, seconds }
}

/** Whoever has one IPv6 address has its whole /64 (RFC 6177), so they count as one. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** @throws Problem 429, with the seconds until the next try, when a counter has reached its limit. */
export async function refuseOverLimit(db: Queryable, counters: readonly Counter[], detail: string): Promise<void> {
  const counts = await findAttempts(
    db,
    counters.map(({ key }) => key),
  )
  const over = counts.filter(({ key, count }) => count >= (counters.find((counter) => counter.key === key)?.most ?? 0))
  if (over.length > 0) throw tooMany(detail, Math.max(...over.map(({ seconds }) => seconds)))
}

export const countAttempt = (db: Queryable, counters: readonly Counter[]): Promise<void> => addAttempt(db, counters)
