import { describe, expect, test, vi } from 'vitest'
import type { Event, StepAction } from '../../provisioners/engine/events.ts'
import type { Address } from '../../provisioners/engine/resource.ts'
import { ManualClock } from '../../provisioners/engine/testing/manual-clock.ts'
import { FakeTerminal } from '../testing/fake-terminal.ts'
import { createRenderer } from './choose-renderer.ts'
import { JsonRenderer } from './json.ts'
import { PlainRenderer } from './plain.ts'
import { QuietRenderer } from './quiet.ts'
import { widthOf } from './text.ts'
import { TreeRenderer } from './tree.ts'

const at = (name: string): Address => `local.thing/${name}`
const base = (label: string, action: StepAction = 'create') => ({ address: at(label), label, action })
const planned = (...labels: string[]): Event => ({ type: 'planned', steps: labels.map((label) => base(label)) })
const started = (label: string): Event => ({ type: 'step-started', ...base(label) })
const waits = (label: string, message: string): Event => ({ type: 'step-progress', address: at(label), message })
const finished = (label: string, detail?: string): Event => ({
  type: 'step-finished',
  ...base(label),
  durationMs: 1234,
  ...(detail ? { detail } : {}),
})
const failed = (label: string): Event => ({
  type: 'step-failed',
  ...base(label),
  code: 'port-taken',
  message: 'long',
  durationMs: 50,
})
const skipped = (label: string): Event => ({ type: 'step-skipped', address: at(label), label, because: 'NGINX failed' })
const retry = (label: string): Event => ({
  type: 'retry',
  address: at(label),
  code: 'ECONNREFUSED',
  attempt: 1,
  delayMs: 100,
})
const note: Event = { type: 'note', level: 'info', message: 'A word.', hint: 'And a hint.' }
const warning: Event = { type: 'note', level: 'warning', message: 'Careful.' }
const check = (ok: boolean): Event => ({
  type: 'check',
  name: 'disk',
  ok,
  durationMs: 3,
  message: 'what was found',
  hint: 'the remedy',
})

const many = (count: number) => Array.from({ length: count }, (_, it) => `step ${it}`)

describe('the live tree', () => {
  const setUp = (options: ConstructorParameters<typeof FakeTerminal>[0] = {}) => {
    const terminal = new FakeTerminal({ live: true, ...options })
    const clock = new ManualClock()
    return { terminal, clock, tree: new TreeRenderer(terminal, clock) }
  }

  test('shows what is done, what runs and waits for what, and what is to come', () => {
    const { terminal, clock, tree } = setUp()
    for (const event of [
      planned('PostgreSQL', 'NGINX', 'web 1'),
      started('PostgreSQL'),
      finished('PostgreSQL', 'embedded 18.4'),
      started('NGINX'),
    ])
      tree.emit(event)
    clock.advance(31_000)
    tree.emit(waits('NGINX', 'waiting for port 8443'))
    expect(terminal.screen()).toEqual([
      '  ✔ PostgreSQL             embedded 18.4                                  1.2 s',
      '  ◐ NGINX                  waiting for port 8443                           31 s',
      '  · web 1',
    ])
    expect(terminal.cursorIsHidden).toBe(true)
    tree.close()
    expect(terminal.cursorIsHidden).toBe(false)
  })

  test('turns its spinner by itself, and stops when it is closed', () => {
    vi.useFakeTimers()
    try {
      const { terminal, tree } = setUp()
      tree.emit(started('NGINX'))
      vi.advanceTimersByTime(100)
      expect(terminal.screen()[0]).toContain('◓ NGINX')
      vi.advanceTimersByTime(100)
      expect(terminal.screen()[0]).toContain('◑ NGINX')
      tree.close()
      const before = terminal.stderr
      vi.advanceTimersByTime(5_000)
      expect(terminal.stderr).toBe(before)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('tells failures and skips by their sign', () => {
    const { terminal, tree } = setUp()
    for (const event of [planned('NGINX', 'web 1'), started('NGINX'), failed('NGINX'), skipped('web 1')])
      tree.emit(event)
    expect(terminal.screen()).toEqual([
      '  ✖ NGINX                  failed: port-taken                             0.1 s',
      '  ◌ web 1                  NGINX failed',
    ])
    tree.close()
  })

  test('says notes, warnings and checks above what moves', () => {
    const { terminal, tree } = setUp()
    for (const event of [
      { type: 'run-started', verb: 'up', subject: 'a.localhost', detail: 'local' } as const,
      started('NGINX'),
      note,
      warning,
      check(false),
      check(true),
    ])
      tree.emit(event)
    expect(terminal.screen()).toEqual([
      '',
      '  bookstore up   a.localhost   local',
      '',
      '  › A word.',
      '    And a hint.',
      '  ▲ Careful.',
      '  ✖ disk                                                                  0.0 s',
      '    what was found',
      '    the remedy',
      '  ✔ disk                   what was found                                 0.0 s',
      '  ◐ NGINX                                                                 0.0 s',
    ])
    tree.close()
  })

  test('is never higher than the window, and shows everything in the end', () => {
    const { terminal, tree } = setUp({ rows: 10 })
    tree.emit(planned(...many(30)))
    for (const name of many(4)) tree.emit(started(name))
    expect(terminal.screen()).toHaveLength(5)
    expect(terminal.screen().at(-1)).toContain('· 26 more')
    for (const name of many(30)) tree.emit(finished(name))
    tree.close()
    expect(terminal.screen()).toHaveLength(30)
  })

  test.each([200, 80, 60, 40, 24])('fits into %i columns', (columns) => {
    const { terminal, tree } = setUp({ columns })
    tree.emit(started('a label that is much too long for any column'))
    tree.emit(waits('a label that is much too long for any column', 'a message that does not end '.repeat(9)))
    for (const line of terminal.screen()) expect(widthOf(line)).toBeLessThan(Math.min(columns, 80))
    tree.close()
  })

  test('erases lines that a narrower window has wrapped', () => {
    const { terminal, tree } = setUp()
    tree.emit(started('NGINX'))
    terminal.columns = 40
    terminal.stderr = ''
    tree.emit(waits('NGINX', 'x'))
    expect(terminal.stderr).toContain('\x1b[2A')
    tree.close()
  })

  test('gets out of the way of a question and comes back', () => {
    const { terminal, tree } = setUp()
    tree.emit(started('NGINX'))
    tree.pause()
    expect([terminal.screen(), terminal.cursorIsHidden]).toEqual([[], false])
    tree.resume()
    expect(terminal.screen()).toHaveLength(1)
    tree.close()
    tree.close()
    expect(terminal.cursorIsHidden).toBe(false)
  })

  test('leaves the last state of an interrupted run standing', () => {
    const { terminal, tree } = setUp()
    tree.emit(planned('a', 'b'))
    tree.emit(started('a'))
    tree.close()
    expect(terminal.screen().map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual([
      ['◐', 'a'],
      ['·', 'b'],
    ])
  })
})

describe('plain lines', () => {
  const setUp = (verbose = false) => {
    const terminal = new FakeTerminal()
    return { terminal, plain: new PlainRenderer(terminal, new ManualClock(), verbose) }
  }

  test('are one for each step that ended', () => {
    const { terminal, plain } = setUp()
    for (const event of [
      planned('a', 'b', 'c'),
      started('a'),
      waits('a', 'x'),
      finished('a'),
      started('b'),
      failed('b'),
      skipped('c'),
      note,
    ])
      plain.emit(event)
    plain.close()
    expect(terminal.stderr.split('\n').map((line) => line.trim().split(/ {2,}/)[0])).toEqual([
      '✔ a',
      '✖ b',
      '◌ c',
      '› A word.',
      'And a hint.',
      '',
    ])
    expect(terminal.stderr).not.toContain('\x1b')
  })

  test('speak of a wait after five seconds', () => {
    vi.useFakeTimers()
    try {
      const { terminal, plain } = setUp()
      plain.emit(started('NGINX'))
      plain.emit(waits('NGINX', 'waiting for port 8443'))
      vi.advanceTimersByTime(4_900)
      expect(terminal.stderr).toBe('')
      plain.emit(retry('NGINX'))
      vi.advanceTimersByTime(5_100)
      expect(terminal.stderr).toBe('  · NGINX                  ECONNREFUSED, attempt 2 follows\n')
      plain.emit(waits('NGINX', 'more'))
      plain.close()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('do not repeat for every step that the run was interrupted', () => {
    const { terminal, plain } = setUp()
    plain.emit({ type: 'step-skipped', address: at('a'), label: 'a', because: 'interrupted' })
    expect(terminal.stderr).toBe('')
    plain.close()
  })

  test('tell every wait with -v', () => {
    const { terminal, plain } = setUp(true)
    plain.emit(started('NGINX'))
    plain.emit(waits('NGINX', 'waiting for port 8443'))
    expect(terminal.stderr).toContain('waiting for port 8443')
    plain.close()
  })
})

test('--json writes the events as they are, on stdout', () => {
  const terminal = new FakeTerminal()
  const json = new JsonRenderer(terminal)
  for (const event of [started('a'), note]) json.emit(event)
  expect(terminal.lines().map((line) => JSON.parse(line))).toEqual([started('a'), note])
  expect(terminal.stderr).toBe('')
})

test('--quiet says only what is wrong', () => {
  const terminal = new FakeTerminal({ unicode: false })
  const quiet = new QuietRenderer(terminal)
  for (const event of [started('a'), failed('a'), note, warning, check(true), check(false)]) quiet.emit(event)
  expect(terminal.stderr.split('\n').map((line) => line.trim().split(/ {2,}/)[0])).toEqual([
    '! Careful.',
    'x disk',
    'what was found',
    'the remedy',
    '',
  ])
})

test('a terminal without UTF-8 gets ASCII', () => {
  const terminal = new FakeTerminal({ live: true, unicode: false })
  const tree = new TreeRenderer(terminal, new ManualClock())
  for (const event of [
    planned('a', 'b', 'c'),
    started('a'),
    waits('a', 'x'.repeat(99)),
    skipped('b'),
    note,
    warning,
    check(false),
  ])
    tree.emit(event)
  tree.close()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII starts there
  expect(terminal.stderr).toMatch(/^[\x00-\x7f]*$/)
})

test.each([
  [{ json: true, live: true }, JsonRenderer],
  [{ quiet: true, live: true }, QuietRenderer],
  [{ live: true }, TreeRenderer],
  [{}, PlainRenderer],
])('%o is rendered by %o', async (choice: { json?: boolean; quiet?: boolean; live?: boolean }, kind) => {
  const manner = { json: choice.json === true, quiet: choice.quiet === true, verbose: false }
  const renderer = await createRenderer(manner, new FakeTerminal({ live: choice.live === true }), new ManualClock())
  expect(renderer).toBeInstanceOf(kind)
})
