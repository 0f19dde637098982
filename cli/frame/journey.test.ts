import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../provisioners/engine/clock.ts'
import type { Event } from '../../provisioners/engine/events.ts'
import { interrupted } from '../../provisioners/engine/interrupted.ts'
import { siteFacts } from '../../provisioners/local/describe.ts'
import { loadSite } from '../config/load.ts'
import { journeyOf } from './journey.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A site whose ports nobody listens on. */
async function closedSite() {
  await writeFile(join(folder, 'bookstore.yaml'), 'local: {httpsPort: 1, httpPort: 2}\n')
  const site = await loadSite({}, { cwd: folder, home: undefined, emit: () => {} })
  const { ca } = siteFacts(site)
  await mkdir(dirname(ca), { recursive: true })
  await writeFile(ca, '')
  return site
}

test('a journey that does not succeed is one failed step, with the checks that do not hold', async () => {
  const events: Event[] = []
  const ctx = {
    signal: new AbortController().signal,
    clock: systemClock,
    emit: (event: Event) => void events.push(event),
  }
  const error = await journeyOf(await closedSite(), ctx).catch((it: unknown) => it)
  expect(error).toMatchObject({
    code: 'journey-does-not-hold',
    status: 1,
    hint: expect.stringContaining('bookstore logs'),
  })
  expect(events[0]).toMatchObject({ type: 'step-started', label: "shopper's journey" })
  expect(events.at(-1)).toMatchObject({ type: 'step-failed', code: 'journey-does-not-hold' })
  expect(events.every((event) => event.type !== 'check' || !event.ok)).toBe(true)
}, 20_000)

test('an interruption is one', async () => {
  const reason = interrupted()
  const ctx = { signal: AbortSignal.abort(reason), clock: systemClock, emit: () => {} }
  await expect(journeyOf(await closedSite(), ctx)).rejects.toBe(reason)
})
