import { expect, it } from 'vitest'
import type { KeptCertificate, Suggestion } from '../kept/store.ts'
import { dueTime, lateTime, nextAttempt, reasonToOrder } from './schedule.ts'

const day = 86_400_000
const start = Date.UTC(2026, 0, 1)
const at = (days: number) => new Date(start + days * day)
const wanted = { names: ['shop.test'], authority: 'https://authority.example/dir' }

function certificate(days: number): KeptCertificate {
  const found = { id: 'one', ...wanted, notBefore: at(0), notAfter: at(days) }
  return found as unknown as KeptCertificate
}

function suggestion(from: number, to: number, chosen = from): Suggestion {
  const window = { start: at(from).toISOString(), end: at(to).toISOString() }
  return { certificate: 'one', window, chosen: at(chosen).toISOString(), askAfter: at(0).toISOString() }
}

it.each([
  [90, 60, 67.5],
  [45, 30, 33.75],
  [6, 4, 4.5],
])('a life of %d days: due after %d, too late after %d', (days, due, late) => {
  expect(dueTime(certificate(days), undefined)).toEqual(at(due))
  expect(lateTime(certificate(days), undefined)).toEqual(at(late))
})

it('the authority knows better when', () => {
  expect(dueTime(certificate(90), suggestion(10, 20, 15))).toEqual(at(15))
  expect(lateTime(certificate(90), suggestion(10, 20))).toEqual(at(21))
  expect(lateTime(certificate(90), suggestion(70, 80))).toEqual(at(67.5))
  expect(reasonToOrder(certificate(90), wanted, suggestion(70, 80), at(65))).toBeUndefined()
  expect(reasonToOrder(certificate(90), wanted, suggestion(10, 20), at(11))).toBe('the authority suggested it')
})

it('is ordered for every reason there is', () => {
  const reason = (names: string[], authority = wanted.authority, days = 1) =>
    reasonToOrder(certificate(90), { names, authority }, undefined, at(days))
  expect(reasonToOrder(undefined, wanted, undefined, at(1))).toBe('there was none')
  expect(reason(['shop.test'])).toBeUndefined()
  expect(reason([])).toBeUndefined()
  expect(reason(['shop.test', 'a.test', 'b.test'])).toBe('a.test, b.test were not on the old one')
  expect(reason(['shop.test'], 'https://other.example/dir')).toBe('another authority signed the old one')
  expect(reason(['shop.test'], wanted.authority, 61)).toBe('two thirds of its life were over')
  expect(reason(['shop.test'], wanted.authority, 91)).toBe('the old one has expired')
})

it('pauses grow, and a time that the authority named counts when it is later', () => {
  const failure = (count: number) => ({ count, at: at(0).toISOString(), code: 'x', message: 'x' })
  const minutes = (count: number) => (Number(nextAttempt({ failure: failure(count) }, at(0))) - start) / 60_000
  expect([1, 2, 3, 4, 9].map(minutes)).toEqual([1, 10, 100, 1440, 1440])
  expect(nextAttempt({}, at(0))).toBeUndefined()
  expect(nextAttempt({ failure: failure(1) }, at(1))).toBeUndefined()
  expect(nextAttempt({ failure: failure(1), retryAt: at(2).toISOString() }, at(1))).toEqual(at(2))
})
