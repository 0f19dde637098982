import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../engine/clock.ts'
import { BookstoreError } from '../../engine/errors.ts'
import { interrupted } from '../../engine/interrupted.ts'
import { type Line, parseRequest, resultLine } from '../protocol.ts'
import { follow } from './follow.ts'
import { readEnds } from './lines.ts'
import { conclude, Journal } from './perform.ts'
import { Runs } from './runs.ts'

let folder: string
let runs: Runs
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-test-'))
  runs = new Runs({ kept: join(folder, 'kept'), requests: join(folder, 'requests') })
})
afterEach(() => rm(folder, { recursive: true }))

const request = parseRequest(JSON.stringify({ by: 'ana@laptop', secrets: { token: 'SENTINEL' }, manifest: { a: 1 } }))
const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 9, 0, second))
const signal = new AbortController().signal

describe('runs', () => {
  it('hand their request over once, and keep no secret', async () => {
    const { id } = await runs.prepare('converge', request, at(0))
    expect(await runs.takeRequest(id)).toEqual(request)
    await expect(runs.takeRequest(id)).rejects.toThrow('ENOENT')
    await runs.finish(id)
    expect(await readdir(join(folder, 'requests'))).toEqual([])
    expect(await readFile(runs.eventsFile(id), 'utf8')).not.toContain('SENTINEL')
  })

  it('know the same request again, whoever sends it', async () => {
    const { id } = await runs.prepare('converge', request, at(0))
    expect(await runs.isSame(id, 'converge', { ...request, by: 'ben@desk' })).toBe(true)
    expect(await runs.isSame(id, 'destroy', request)).toBe(false)
    expect(await runs.isSame(id, 'converge', { ...request, input: { manifest: { a: 2 } } })).toBe(false)
    expect(await runs.isSame(id, 'converge', { ...request, secrets: { token: 'other' } })).toBe(false)
  })

  it('are kept in a bounded number, the newest', async () => {
    for (let second = 0; second < 25; second++) await runs.prepare('converge', request, at(second))
    const ids = await runs.list()
    expect(ids).toHaveLength(20)
    expect(ids[0]).toMatch(/^20261124T090005/)
    expect(ids.at(-1)).toMatch(/^20261124T090024/)
  })
})

describe('following', () => {
  const event: Line = { type: 'note', level: 'info', message: 'one' }
  const options = (said: string[], alive: () => boolean = () => true) => ({
    isUnderWay: async () => alive(),
    say: (line: string) => void said.push(line),
    clock: systemClock,
    signal,
  })

  it('tells every line from the first on, as it comes, to the last', async () => {
    const { id } = await runs.prepare('converge', request, at(0))
    const said: string[] = []
    const following = follow(runs.eventsFile(id), options(said))
    const text = `${JSON.stringify(event)}\n${JSON.stringify(resultLine({ done: [] }))}\n`
    // In pieces that are no lines.
    for (const piece of [text.slice(0, 10), text.slice(10, 60), text.slice(60)]) {
      await appendFile(runs.eventsFile(id), piece)
      await systemClock.sleep(60)
    }
    expect(await following).toEqual({ type: 'result', ok: true, data: { done: [] } })
    expect(said.map((line) => JSON.parse(line).type)).toEqual(['run', 'note', 'result'])
  })

  it('goes on when the file is removed meanwhile', async () => {
    const { id } = await runs.prepare('destroy', request, at(0))
    const journal = new Journal(runs.eventsFile(id))
    const following = follow(runs.eventsFile(id), options([]))
    await systemClock.sleep(100)
    await rm(runs.eventsFile(id))
    journal.write(resultLine(null))
    journal.close()
    expect(await following).toMatchObject({ type: 'result' })
  })

  it('says that a run died which ended without a last word', async () => {
    const { id } = await runs.prepare('converge', request, at(0))
    const dead = follow(
      runs.eventsFile(id),
      options([], () => false),
    )
    await expect(dead).rejects.toMatchObject({ code: 'run-died', message: expect.stringContaining('ana@laptop') })
  })
})

describe('a last word', () => {
  const written = async (work: () => Promise<unknown>, at = signal) => {
    const lines: Line[] = []
    const status = await conclude({ name: 'converge' }, work, (line) => lines.push(line), at)
    return { status, line: lines[0] }
  }

  it('is a result, or an error with its status', async () => {
    expect(await written(async () => ({ done: 1 }))).toEqual({ status: 0, line: resultLine({ done: 1 }) })
    const busy = new BookstoreError('Busy.', { code: 'busy', fault: 'user', status: 75, hint: 'Wait.' })
    expect(await written(() => Promise.reject(busy))).toEqual({
      status: 75,
      line: { type: 'error', code: 'busy', message: 'Busy.', hint: 'Wait.', fault: 'user', status: 75, details: {} },
    })
  })

  it('is said for a defect too, and for an interruption', async () => {
    expect(await written(() => Promise.reject(new TypeError('x is not y')))).toMatchObject({
      status: 1,
      line: { code: 'unexpected', fault: 'bug' },
    })
    const stop = new AbortController()
    stop.abort(interrupted())
    expect(await written(() => Promise.reject(new Error('aborted')), stop.signal)).toMatchObject({ status: 130 })
  })

  it('is found at the end of the file', async () => {
    const { id } = await runs.prepare('converge', request, at(0))
    expect(await readEnds(runs.eventsFile(id))).toMatchObject({ first: { verb: 'converge' }, last: undefined })
    await appendFile(runs.eventsFile(id), `${JSON.stringify(resultLine(1))}\n`)
    expect(await readEnds(runs.eventsFile(id))).toMatchObject({ last: { type: 'result', data: 1 } })
  })
})

describe('a request', () => {
  it('is refused when it is none', () => {
    expect(() => parseRequest('{')).toThrow(expect.objectContaining({ code: 'request-invalid' }))
    expect(() => parseRequest('{"secrets": {"../x": "y"}}')).toThrow(
      expect.objectContaining({ code: 'request-invalid' }),
    )
    expect(() => parseRequest('{"secrets": {"token": 5}}')).toThrow(/token/)
  })

  it('may be empty', () => {
    expect(parseRequest('')).toEqual({ by: undefined, secrets: {}, input: {} })
  })
})
