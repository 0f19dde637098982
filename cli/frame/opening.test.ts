import { expect, test } from 'vitest'
import type { Summary } from '../../provisioners/engine/apply.ts'
import type { SmokeReport } from '../../provisioners/smoke/index.ts'
import { openingOf } from './opening.ts'

const facts = {
  url: 'https://bookstore.localhost:8443',
  ca: '/home/ana/.bookstore/tls/authority.pem',
  curl: 'curl --cacert ...',
}
const summary = (...done: Summary['done'][number][]): Summary => ({
  done,
  failed: [],
  skipped: [],
  interrupted: false,
  durationMs: 0,
})
const journey: SmokeReport = { ok: true, url: facts.url, readOnly: false, startedAt: '', durationMs: 1, checks: [] }

test('says where the shop is, how long it took and what to do next', () => {
  const outcome = openingOf({
    facts,
    trusting: true,
    summary: summary('local.nginx/nginx'),
    journey,
    durationMs: 12_345,
  })
  expect(outcome.text).toBe(`${'https://bookstore.localhost:8443 is open'.padEnd(75)}12 s`)
  expect(outcome.next).toEqual(['bookstore trust', 'bookstore status', 'bookstore logs', 'bookstore down'])
  expect(outcome.result).toEqual({
    url: facts.url,
    ca: facts.ca,
    changed: ['local.nginx/nginx'],
    smoke: { ok: true, checks: 0 },
    durationMs: 12_345,
  })
})

test('says that nothing had to change', () => {
  const outcome = openingOf({ facts, trusting: true, summary: summary(), journey: undefined, durationMs: 400 })
  expect(outcome.text).toContain('is open; nothing had to change')
  expect(outcome.result.smoke).toBeNull()
})
