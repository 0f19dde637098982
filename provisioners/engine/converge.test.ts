import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { converge, destroy } from './converge.ts'
import { BookstoreError } from './errors.ts'
import { interrupted } from './interrupted.ts'
import { takeLease } from './lease.ts'
import { FakeWorld } from './testing/fake-world.ts'

let lease: string
beforeEach(async () => {
  lease = await mkdtemp(join(tmpdir(), 'lease-'))
})
afterEach(() => rm(lease, { recursive: true }))

const guard = () => ({ lease, verb: 'up' })
const free = async (world: FakeWorld) => (await takeLease(lease, { verb: 'test', clock: world.clock })).release()
/** Clocks that jump would renew a lease without end. */
const worldThatWaits = () => {
  const world = new FakeWorld()
  return Object.assign(world, { ctx: { ...world.ctx, clock: { ...world.clock, now: () => new Date(), sleep: never } } })
}
const never = (_: number, signal?: AbortSignal) =>
  new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))
const fail = (code: string) => (act: string) => {
  if (act === 'create') throw new BookstoreError(`it is ${code}`, { code, fault: 'remote', hint: `mend ${code}` })
}

test('plans and applies just that, then the lease is free again', async () => {
  const world = worldThatWaits()
  const stack = { resources: [world.resource('a')], obsolete: [world.resource('old', { has: 'a1' })] }
  const { plan, summary } = await converge(stack, guard(), world.ctx)
  expect(plan.steps.map((it) => it.action)).toEqual(['create', 'delete'])
  expect(summary.done).toHaveLength(2)
  expect((await converge({ resources: stack.resources }, guard(), world.ctx)).plan.steps).toEqual([])
  await free(world)
})

test('is busy while another holds the lease, and touches nothing', async () => {
  const world = worldThatWaits()
  const held = await takeLease(lease, { verb: 'down', clock: world.ctx.clock })
  await expect(converge({ resources: [world.resource('a')] }, guard(), world.ctx)).rejects.toMatchObject({
    code: 'busy',
  })
  expect(world.journal).toEqual([])
  await held.release()
})

test('the error of a failed run says what went wrong, what stands and what was not begun', async () => {
  const world = worldThatWaits()
  const resources = [
    world.resource('a', { during: fail('first') }),
    world.resource('b', { during: fail('second') }),
    world.resource('c'),
    world.resource('d', { dependsOn: ['a'] }),
  ]
  const error = await converge({ resources }, guard(), world.ctx).catch((it: unknown) => it)
  expect(error).toMatchObject({
    code: 'first',
    hint: 'mend first',
    status: 1,
    message: 'it is first\nb: it is second\nOne step is done and stays; one was not started.',
    details: { done: ['fake.thing/c'], failed: [{ code: 'first' }, { code: 'second' }], skipped: [{ label: 'd' }] },
  })
  await free(world)
})

test('an interrupted run ends with 130 and says what is done', async () => {
  const world = worldThatWaits()
  const stop = () => world.abort.abort(interrupted())
  const resources = [
    world.resource('a', { during: (act) => (act === 'create' ? stop() : undefined) }),
    world.resource('b', { dependsOn: ['a'] }),
  ]
  const error = await converge({ resources }, guard(), world.ctx).catch((it: unknown) => it)
  expect(error).toMatchObject({ code: 'interrupted', status: 130, details: { done: ['fake.thing/a'] } })
  expect((error as Error).message).toMatch(/One step is done and stays; one was not finished\.$/)
  await free(world)
})

test('destroys what exists', async () => {
  const world = worldThatWaits()
  await destroy([world.resource('a', { has: 'a1' })], { lease, verb: 'down' }, world.ctx)
  expect(world.states.size).toBe(0)
})
