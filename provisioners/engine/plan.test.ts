import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BookstoreError } from './errors.ts'
import { interrupted } from './interrupted.ts'
import { plan, planDestroy } from './plan.ts'
import { Secret } from './secret.ts'
import { FakeWorld } from './testing/fake-world.ts'

describe('plan', () => {
  test('creates what is missing, changes what differs, leaves the rest', async () => {
    const world = new FakeWorld()
    const resources = [
      world.resource('missing'),
      world.resource('differs', { has: 'a0' }),
      world.resource('other', { has: 'b1' }),
      world.resource('right', { has: 'a1' }),
    ]
    const { steps } = await plan(resources, world.ctx)
    expect(steps.map(({ label, action }) => [label, action])).toEqual([
      ['differs', 'update'],
      ['missing', 'create'],
      ['other', 'replace'],
    ])
    expect(steps[0]?.changes).toEqual([{ field: 'value', from: 'a0', to: 'a1' }])
    expect(steps[2]?.because).toEqual(['b1 cannot become a1'])
    expect(world.changes()).toEqual([])
  })

  test('reads everything at once', async () => {
    const world = new FakeWorld()
    let reading = 0
    let most = 0
    const during = async () => {
      reading++
      most = Math.max(most, reading)
      await new Promise((resolve) => setImmediate(resolve))
      reading--
    }
    await plan([world.resource('a', { during }), world.resource('b', { during, dependsOn: ['a'] })], world.ctx)
    expect(most).toBe(2)
  })

  test('asks for desired only after the dependencies were read, and only of what exists', async () => {
    const world = new FakeWorld()
    const asked: string[] = []
    const slow = world.resource('slow', { has: 'a1', during: () => new Promise((resolve) => setTimeout(resolve, 5)) })
    const watch = (name: string, has: string | undefined) => ({
      ...world.resource(name, { dependsOn: ['slow'], ...(has ? { has } : {}) }),
      desired: () => {
        asked.push(`${name} after ${world.journal.filter((it) => it === 'read slow').length}`)
        return 'a1'
      },
    })
    await plan([watch('there', 'a1'), watch('missing', undefined), slow], world.ctx)
    expect(asked).toEqual(['there after 1'])
  })

  test('steps depend on steps and followers only', async () => {
    const world = new FakeWorld()
    const { steps, followers } = await plan(
      [
        world.resource('base', { has: 'a1' }),
        world.resource('certificate', { has: 'a0', dependsOn: ['base'] }),
        world.resource('server', { has: 'a1', dependsOn: ['certificate', 'base'] }),
        world.resource('page', { dependsOn: ['server'] }),
      ],
      world.ctx,
    )
    expect(steps.map((it) => [it.label, it.dependsOn])).toEqual([
      ['certificate', []],
      ['page', ['fake.thing/server']],
    ])
    expect(followers).toEqual([
      { address: 'fake.thing/server', label: 'server', dependsOn: ['fake.thing/certificate'] },
    ])
  })

  test('deletes what is obsolete and there, after all else, dependents first', async () => {
    const world = new FakeWorld()
    const obsolete = [
      world.resource('old', { has: 'a1' }),
      world.resource('older', { has: 'a1', dependsOn: ['old'] }),
      world.resource('gone'),
    ]
    const { steps } = await plan([world.resource('new')], world.ctx, obsolete)
    expect(steps.map((it) => [it.action, it.label, it.dependsOn])).toEqual([
      ['create', 'new', []],
      ['delete', 'older', ['fake.thing/new']],
      ['delete', 'old', ['fake.thing/new', 'fake.thing/older']],
    ])
  })

  test('costs nothing unless the resource says so; a replacement interrupts', async () => {
    const world = new FakeWorld()
    const cost = { downtime: 'long', dataAtRisk: true, monthly: 9.8 } as const
    const { steps } = await plan(
      [world.resource('a', { has: 'b1' }), world.resource('b', { cost }), world.resource('c')],
      world.ctx,
    )
    expect(steps.map((it) => it.cost)).toEqual([
      { downtime: 'brief', dataAtRisk: false, monthly: 0 },
      cost,
      { downtime: 'none', dataAtRisk: false, monthly: 0 },
    ])
  })

  test('the same world gives the same bytes, in whatever order the resources come', async () => {
    const world = new FakeWorld()
    const shapes = fc.array(
      fc.record({
        has: fc.constantFrom(undefined, 'a0', 'a1', 'b1'),
        on: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
      }),
      { maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(shapes, async (rows) => {
        world.states.clear()
        const resources = rows.map(({ has, on }, at) =>
          world.resource(`r${at}`, {
            ...(has ? { has } : {}),
            dependsOn: on.filter((it) => it < at).map((it) => `r${it}`),
          }),
        )
        const one = JSON.stringify(await plan(resources, world.ctx))
        expect(JSON.stringify(await plan(resources.toReversed(), world.ctx))).toBe(one)
      }),
      { numRuns: 40 },
    )
  })

  test('a failed read is named, after all reads have ended', async () => {
    const world = new FakeWorld()
    const broken = world.resource('broken', {
      during: () => {
        throw Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/srv/x' })
      },
    })
    let ended = false
    const slow = world.resource('slow', {
      during: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        ended = true
      },
    })
    const error = await plan([broken, slow], world.ctx).catch((it: unknown) => it)
    expect(error).toBeInstanceOf(BookstoreError)
    expect(error).toMatchObject({ code: 'not-permitted', message: expect.stringContaining('Looking at broken failed') })
    expect(ended).toBe(true)
  })

  test('ends with the reason of an abort', async () => {
    const world = new FakeWorld()
    const reason = interrupted()
    const stops = world.resource('stops', {
      during: () => {
        world.abort.abort(reason)
        throw new Error('socket closed')
      },
    })
    await expect(plan([stops], world.ctx)).rejects.toBe(reason)
    await expect(plan([stops], world.ctx)).rejects.toBe(reason)
  })

  test('a secret in a change is dots', async () => {
    const world = new FakeWorld()
    const resource = {
      ...world.resource('a', { has: 'a0' }),
      diff: () => ({
        do: 'update' as const,
        fields: [{ field: 'key', from: new Secret('sentinel-1'), to: new Secret('sentinel-2') }],
      }),
    }
    expect(JSON.stringify(await plan([resource], world.ctx))).not.toContain('sentinel')
  })
})

test('planDestroy takes down what is there, against the arrows', async () => {
  const world = new FakeWorld()
  const resources = [
    world.resource('base', { has: 'a1' }),
    world.resource('middle', { dependsOn: ['base'] }),
    world.resource('top', { has: 'a1', dependsOn: ['base', 'middle'] }),
  ]
  const { steps, followers } = await planDestroy(resources, world.ctx)
  expect(steps.map((it) => [it.action, it.label, it.dependsOn])).toEqual([
    ['delete', 'top', []],
    ['delete', 'base', ['fake.thing/top']],
  ])
  expect(steps[0]?.cost.downtime).toBe('long')
  expect(followers).toEqual([])
})
