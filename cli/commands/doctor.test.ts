import { expect, test } from 'vitest'
import type { Check, Finding } from '../../provisioners/engine/check.ts'
import { interrupted } from '../../provisioners/engine/interrupted.ts'
import { fakeInvocation } from '../testing/fake-invocation.ts'
import { examine } from './doctor.ts'

const check = (name: string, finding: Finding | Error, ms = 0): Check => ({
  name,
  run: async () => {
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (finding instanceof Error) throw finding
    return finding
  },
})

test('all hold: 0', async () => {
  const outcome = await examine(
    [check('Node', { ok: true, message: '20' }), check('clock', { ok: true, message: 'now' })],
    fakeInvocation(),
  )
  expect(outcome).toMatchObject({ status: 0, text: 'All 2 checks hold.' })
})

test('one does not: 3, told in the order of the checks, each with its remedy', async () => {
  const invocation = fakeInvocation()
  const checks = [
    check('slow', { ok: false, message: 'port 8443 is taken', hint: 'free it' }, 10),
    check('broken', new Error('cannot look')),
    check('fast', { ok: true, message: 'fine' }),
  ]
  const outcome = await examine(checks, invocation)
  expect(outcome).toMatchObject({ status: 3, text: '2 of 3 checks do not hold.' })
  expect(
    invocation.events.map((event) => event.type === 'check' && [event.name, event.ok, event.message, event.hint]),
  ).toEqual([
    ['slow', false, 'port 8443 is taken', 'free it'],
    ['broken', false, 'cannot look', undefined],
    ['fast', true, 'fine', undefined],
  ])
  expect(outcome.result.checks).toHaveLength(3)
})

test('an interruption is no finding', async () => {
  const stop = new AbortController()
  const reason = interrupted()
  const stops: Check = {
    name: 'stops',
    run: async () => {
      stop.abort(reason)
      throw reason
    },
  }
  await expect(examine([stops], fakeInvocation({ signal: stop.signal }))).rejects.toBe(reason)
})
