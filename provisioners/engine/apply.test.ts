import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply } from './apply.ts'
import { BookstoreError } from './errors.ts'
import { interrupted } from './interrupted.ts'
import { plan, planDestroy } from './plan.ts'
import type { Resource } from './resource.ts'
import { addressOf, FakeWorld } from './testing/fake-world.ts'

const fail = (code: string) => () => {
  throw new BookstoreError(`it is ${code}`, { code, fault: 'remote' })
}
const during = (verb: string, work: () => Promise<void> | void) => (act: string) => (act === verb ? work() : undefined)

async function planAndApply(world: FakeWorld, resources: readonly Resource[]) {
  const made = await plan(resources, world.ctx)
  world.journal.length = 0
  return apply(made, resources, world.ctx)
}

describe('apply', () => {
  test('does what the plan says, and a second plan is empty', async () => {
    const world = new FakeWorld()
    const resources = [
      world.resource('a'),
      world.resource('b', { has: 'a0', dependsOn: ['a'] }),
      world.resource('c', { has: 'b1', dependsOn: ['b'] }),
    ]
    const summary = await planAndApply(world, resources)
    expect(world.changes()).toEqual(['create a', 'update b', 'delete c', 'create c'])
    expect(summary).toMatchObject({ done: ['a', 'b', 'c'].map(addressOf), failed: [], skipped: [], interrupted: false })
    expect((await plan(resources, world.ctx)).steps).toEqual([])
  })

  test('any world converges in one go', async () => {
    const shapes = fc.array(
      fc.record({
        has: fc.constantFrom(undefined, 'a0', 'a1', 'b1'),
        on: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
      }),
      { maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(shapes, async (rows) => {
        const world = new FakeWorld()
        const resources = rows.map(({ has, on }, at) =>
          world.resource(`r${at}`, {
            ...(has ? { has } : {}),
            dependsOn: on.filter((it) => it < at).map((it) => `r${it}`),
          }),
        )
        const summary = await planAndApply(world, resources)
        expect(summary.failed).toEqual([])
        expect((await plan(resources, world.ctx)).steps).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('independent steps run at the same time', async () => {
    const world = new FakeWorld()
    let met: () => void = () => {}
    const both = new Promise<void>((resolve) => {
      met = resolve
    })
    let waiting = 0
    const meet = during('create', () => {
      if (++waiting === 2) met()
      return both
    })
    const summary = await planAndApply(world, [
      world.resource('a', { during: meet }),
      world.resource('b', { during: meet }),
    ])
    expect(summary.done).toHaveLength(2)
  })

  test('a failure skips what depends on it and lets the rest finish', async () => {
    const world = new FakeWorld()
    const summary = await planAndApply(world, [
      world.resource('bad', { during: during('create', fail('broken')) }),
      world.resource('child', { dependsOn: ['bad'] }),
      world.resource('grandchild', { dependsOn: ['child'] }),
      world.resource('free'),
    ])
    expect(summary.done).toEqual([addressOf('free')])
    expect(summary.failed.map((it) => it.error.code)).toEqual(['broken'])
    expect(summary.skipped).toEqual([
      { address: addressOf('child'), label: 'child', because: 'bad failed' },
      { address: addressOf('grandchild'), label: 'grandchild', because: 'bad failed' },
    ])
    expect(world.events.map((it) => it.type)).toContain('step-skipped')
  })

  test('whatever is thrown becomes an error with a code', async () => {
    const world = new FakeWorld()
    const full = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', path: '/srv/data' })
    }
    const summary = await planAndApply(world, [world.resource('disk', { during: during('create', full) })])
    expect(summary.failed[0]?.error).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/^Creating disk failed/),
    })
  })

  test('an abort starts nothing more and lets the running step end', async () => {
    const world = new FakeWorld()
    const reason = interrupted()
    const stop = () => {
      world.abort.abort(reason)
      throw new Error('the operation was aborted')
    }
    const summary = await planAndApply(world, [
      world.resource('running', { during: during('create', stop) }),
      world.resource('later', { dependsOn: ['running'] }),
    ])
    expect(world.changes()).toEqual(['create running'])
    expect(summary).toMatchObject({ interrupted: true, failed: [], done: [] })
    expect(summary.skipped.map((it) => [it.label, it.because])).toEqual([
      ['running', 'interrupted'],
      ['later', 'interrupted'],
    ])
  })

  test('an abort without a reason of ours counts as an interruption', async () => {
    const world = new FakeWorld()
    const stop = () => {
      world.abort.abort()
      throw new Error('aborted')
    }
    const summary = await planAndApply(world, [world.resource('a', { during: during('create', stop) })])
    expect(summary).toMatchObject({ interrupted: true, failed: [] })
  })

  test('a step that fails for a reason of its own while the run is interrupted stays a failure', async () => {
    const world = new FakeWorld()
    const both = () => {
      world.abort.abort(interrupted())
      fail('broken')()
    }
    const summary = await planAndApply(world, [world.resource('a', { during: during('create', both) })])
    expect(summary.failed.map((it) => it.error.code)).toEqual(['broken'])
  })

  test('asks before each change, and a lost lease fails the step', async () => {
    const world = new FakeWorld()
    const resources = [world.resource('a'), world.resource('b', { dependsOn: ['a'] })]
    let left = 1
    const beforeChange = async () => {
      if (left-- === 0) fail('lease-lost')()
    }
    const summary = await apply(await plan(resources, world.ctx), resources, world.ctx, { beforeChange })
    expect(world.changes()).toEqual(['create a'])
    expect(summary.failed.map((it) => [it.label, it.error.code])).toEqual([['b', 'lease-lost']])
  })

  test('tells each step with its detail and duration', async () => {
    const world = new FakeWorld()
    const work = during('create', () => world.clock.sleep(400))
    await planAndApply(world, [world.resource('a', { during: work, detail: true })])
    const [planned, started, finished] = world.events
    const base = { address: addressOf('a'), label: 'a', action: 'create' }
    expect(planned).toEqual({ type: 'planned', steps: [base] })
    expect(started).toEqual({ type: 'step-started', ...base })
    expect(finished).toEqual({ type: 'step-finished', ...base, detail: 'is a1', durationMs: 400 })
  })

  test('refuses a plan of another blueprint', async () => {
    const world = new FakeWorld()
    const made = await plan([world.resource('a')], world.ctx)
    const summary = await apply(made, [], world.ctx)
    expect(summary.failed[0]?.error.code).toBe('plan-foreign')
  })
})

describe('a world that moved since the plan', () => {
  const moved = async (has: string, now: string | undefined, destroy = false) => {
    const world = new FakeWorld()
    const resources = [world.resource('a', { has })]
    const made = destroy ? await planDestroy(resources, world.ctx) : await plan(resources, world.ctx)
    if (now === undefined) world.states.delete('a')
    else world.states.set('a', now)
    return { world, summary: await apply(made, resources, world.ctx) }
  }

  test('already as wanted: nothing is done', async () => {
    const { world, summary } = await moved('a0', 'a1')
    expect(world.changes()).toEqual([])
    expect(summary.failed).toEqual([])
  })

  test('gone: it is created', async () => {
    expect((await moved('a0', undefined)).world.changes()).toEqual(['create a'])
  })

  test('less than a replacement is needed: it is changed', async () => {
    expect((await moved('b1', 'a0')).world.changes()).toEqual(['update a'])
  })

  test('a replacement that nobody was told about is refused', async () => {
    const { world, summary } = await moved('a0', 'b1')
    expect(world.changes()).toEqual([])
    expect(summary.failed[0]?.error.code).toBe('world-changed')
  })

  test('a deletion of what is gone is success', async () => {
    const { world, summary } = await moved('a1', undefined, true)
    expect(world.changes()).toEqual([])
    expect(summary.failed).toEqual([])
  })
})

describe('a follower', () => {
  /** The server wants whatever the certificate is, and so differs only once that was renewed. */
  const stack = (world: FakeWorld, server: Partial<Resource> = {}) => [
    world.resource('certificate', { has: 'a0' }),
    {
      ...world.resource('server', { has: 'a0', wants: 'a1', dependsOn: ['certificate'] }),
      desired: () => world.states.get('certificate'),
      ...server,
    },
    world.resource('page', { dependsOn: ['server'] }),
  ]

  test('is changed when what it depends on made it differ', async () => {
    const world = new FakeWorld()
    const summary = await planAndApply(world, stack(world))
    expect(world.changes()).toEqual(['update certificate', 'update server', 'create page'])
    expect(summary.done).toContain(addressOf('server'))
  })

  test('stays silent when it does not differ', async () => {
    const world = new FakeWorld()
    await planAndApply(world, stack(world, { desired: () => 'a0' }))
    expect(world.events.filter((it) => 'label' in it && it.label === 'server')).toEqual([])
    expect(world.changes()).toEqual(['update certificate', 'create page'])
  })

  test('fails visibly when it cannot be looked at', async () => {
    const world = new FakeWorld()
    const resources = stack(world)
    const made = await plan(resources, world.ctx)
    const broken = resources.map((it) => (it.label === 'server' ? { ...it, read: fail('unreachable') } : it))
    const summary = await apply(made, broken, world.ctx)
    expect(summary.failed.map((it) => [it.label, it.error.code])).toEqual([['server', 'unreachable']])
    expect(summary.skipped.map((it) => it.label)).toEqual(['page'])
  })

  test('is not replaced when that would put data at risk', async () => {
    const world = new FakeWorld()
    const cost = () => ({ downtime: 'long', dataAtRisk: true, monthly: 0 }) as const
    const desired = () => (world.states.get('certificate') === 'a1' ? 'b1' : 'a0')
    const summary = await planAndApply(world, stack(world, { desired, cost }))
    expect(summary.failed.map((it) => it.error.code)).toEqual(['world-changed'])
    expect(world.states.get('server')).toBe('a0')
  })
})

test('destroying deletes dependents first', async () => {
  const world = new FakeWorld()
  const resources = [world.resource('base', { has: 'a1' }), world.resource('top', { has: 'a1', dependsOn: ['base'] })]
  await apply(await planDestroy(resources, world.ctx), resources, world.ctx)
  expect(world.changes()).toEqual(['delete top', 'delete base'])
  expect(world.states.size).toBe(0)
})
