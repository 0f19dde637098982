import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { countServerErrors } from './server-errors.ts'

let folder: string
let log: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'requests-'))
  log = join(folder, 'requests.log')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** As NGINX writes it: what visitors send is escaped. */
const line = (status: number, agent = 'curl') =>
  `${JSON.stringify({ time: 'now', path: '/es/', status, bytes: 1, agent })}\n`

it('begins now, and counts from there on', async () => {
  await writeFile(log, line(500).repeat(3))
  const first = await countServerErrors(log, undefined)
  expect(first.errors).toBe(0)
  await appendFile(log, line(200) + line(502) + line(404) + line(503))
  const second = await countServerErrors(log, first.position)
  expect(second.errors).toBe(2)
  expect((await countServerErrors(log, second.position)).errors).toBe(0)
})

it('is not deceived by what visitors say they are, nor put out by signs of many bytes', async () => {
  await writeFile(log, '')
  const { position } = await countServerErrors(log, undefined)
  await appendFile(log, line(200, '","status":500,"x":"') + line(200, '書店'.repeat(40)) + line(504))
  const found = await countServerErrors(log, position)
  expect(found.errors).toBe(1)
  await appendFile(log, line(500))
  expect((await countServerErrors(log, found.position)).errors).toBe(1)
})

it('leaves a line that is being written to the next time', async () => {
  await writeFile(log, '')
  const start = await countServerErrors(log, undefined)
  const whole = line(500)
  await appendFile(log, whole.slice(0, -5))
  const half = await countServerErrors(log, start.position)
  await appendFile(log, whole.slice(-5))
  expect([half.errors, (await countServerErrors(log, half.position)).errors]).toEqual([0, 1])
})

it('follows a log that is turned over, cut short, gone', async () => {
  await writeFile(log, line(200))
  const { position } = await countServerErrors(log, undefined)
  await appendFile(log, line(500))
  await rename(log, `${log}.1`)
  expect(await countServerErrors(log, position)).toEqual({ errors: 0, position })
  await writeFile(log, line(502) + line(200))
  const turned = await countServerErrors(log, position)
  expect(turned.errors).toBe(2)
  await writeFile(log, line(503))
  expect((await countServerErrors(log, turned.position)).errors).toBe(1)
})
